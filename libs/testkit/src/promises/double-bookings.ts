import type { Store } from '@mentorline/store';

const MINUTE = 60_000;

/** Sessions of a mentor that overlap, touch, or lie nearer than the gap of the mentor's organisation. */
export async function doubleBookings({ connection }: Store): Promise<string[]> {
  const broken: string[] = [];
  const gaps = new Map<string, number>();
  for await (const { _id, settings } of connection.collection('organisations').find()) {
    gaps.set(String(_id), (settings.slotGapMinutes ?? 0) * MINUTE);
  }
  const gapOf = new Map<string, number>();
  for await (const { _id, organisationId } of connection.collection('users').find()) {
    gapOf.set(String(_id), gaps.get(String(organisationId))!);
  }
  let previous: { mentor: string; until: number } | undefined;
  for await (const { _id, mentorId, start, end } of connection
    .collection('sessions')
    .find({ cancelledAt: null })
    .sort({ mentorId: 1, start: 1 })) {
    const mentor = String(mentorId);
    const same = previous?.mentor === mentor;
    if (same && start.getTime() <= previous!.until) {
      broken.push(
        `session ${_id} of mentor ${mentor} overlaps or touches the one before it, or ignores the gap`,
      );
    }
    const until = end.getTime() + gapOf.get(mentor)!;
    previous = { mentor, until: same ? Math.max(until, previous!.until) : until };
  }
  return broken;
}
