import type { ImportEvent } from '@mentorline/store';

/**
 * Puts events of the same kind together that come one after the other, or in rounds of a claim and what came of it, so that an import
 * that was tried a hundred times is told in a few lines.
 * @returns groups in the order in which they began, of one event each where nothing is repeated
 */
export function collapseEvents(events: readonly ImportEvent[]): [ImportEvent, ...ImportEvent[]][] {
  const groups: [ImportEvent, ...ImportEvent[]][] = [];
  const kinds = events.map(kindOf);
  for (let start = 0; start < events.length; ) {
    const isClaim = events[start]!.what === 'claimed';
    const [kindsInRound, rounds] = findRounds(kinds, start, isClaim ? 2 : 1);
    const repeated = events.slice(start, start + kindsInRound * rounds);
    for (let kind = 0; kind < kindsInRound; kind += 1) {
      const [first, ...others] = repeated.filter((_event, index) => index % kindsInRound === kind);
      groups.push([first!, ...others]);
    }
    start += repeated.length;
  }
  return groups;
}

/** @returns how many kinds take turns from `start` on, and how often; one kind, once, where nothing is repeated */
function findRounds(
  kinds: readonly string[],
  start: number,
  longest: number,
): [kinds: number, rounds: number] {
  for (let length = 1; length <= longest; length += 1) {
    let end = start + length;
    while (end < kinds.length && kinds[end] === kinds[end - length]) end += 1;
    const rounds = Math.floor((end - start) / length);
    if (rounds > 1) return [length, rounds];
  }
  return [1, 1];
}

/** What makes two events the same to their reader: not who did it, and when. */
function kindOf({ what, status, reason, takenOver, row, importId, error }: ImportEvent): string {
  return JSON.stringify([what, status, reason, takenOver, row, importId, error?.type, error?.code]);
}
