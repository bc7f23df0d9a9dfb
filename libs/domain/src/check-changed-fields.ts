import { changeMeeting, isSameMeeting } from './change-meeting.ts';
import { asksForTimes, changeTimes, timesText } from './change-times.ts';
import type { DraftField } from './draft.ts';
import { type RowError, rowError } from './messages.ts';
import type { Meeting, OptionField } from './session.ts';
import type { CurrentMentee, CurrentSession, SessionChange } from './session-change.ts';
import {
  type CheckContext,
  checkAnyMentee,
  checkDuration,
  checkEnd,
  checkRequiredOfMeeting,
  checkSeats,
  checkStart,
  findMentees,
  matchOptions,
  type OptionChoice,
} from './session-rules.ts';
import type { Slot } from './slots.ts';
import { MINUTE_MS } from './zone.ts';

/** What the rules of single fields fill. */
export interface Findings {
  readonly context: CheckContext;
  readonly differing: Set<DraftField>;
  /** What cannot be meant, whatever the state of the session. */
  readonly unreadable: RowError[];
  /** What is against a rule for sessions that may change. */
  readonly broken: RowError[];
}

export function checkTexts(
  current: CurrentSession,
  { title, description, type, mentor, written }: SessionChange,
  { differing, broken }: Findings,
): void {
  if (title !== undefined && title !== current.title) differing.add('title');
  if (description !== undefined && description !== current.description) differing.add('description');
  if (type !== undefined && type !== current.type) {
    differing.add('type');
    broken.push(rowError('IMMUTABLE_FIELD', 'type', written?.get('type') ?? type, 'type'));
  }
  const { id, email } = current.mentor;
  if (mentor !== undefined && mentor !== email.toLowerCase() && mentor !== id) {
    differing.add('mentor');
    broken.push(rowError('IMMUTABLE_FIELD', 'mentor', written?.get('mentor') ?? mentor, 'mentor'));
  }
}

/** The whole new list. Who is on the stored one stays on it as they are, and is not looked up. */
export function checkMentees(
  { mentees: stored, mentor, type }: CurrentSession,
  { mentees: references, menteeCount, unread, written }: SessionChange,
  { context, differing, broken }: Findings,
): readonly CurrentMentee[] {
  const errors: RowError[] = [];
  const listed = findMentees(
    references ?? [],
    menteeFinder(stored, context),
    { id: mentor.id, reference: mentor.email.toLowerCase(), email: mentor.email },
    context,
    errors,
  ).map(({ mentee }) => mentee);
  const isLeft =
    references === undefined || (errors.length === 0 && isSameSet(userIds(listed), userIds(stored)));
  if (isLeft && !unread?.has('mentees')) return stored;
  differing.add('mentees');
  const text = written?.get('mentees') ?? references?.join(', ') ?? '';
  checkSeats({ count: menteeCount ?? references?.length ?? 0, text }, context, errors);
  if (references) checkAnyMentee({ type, count: references.length, text }, context, errors);
  broken.push(...errors);
  return listed;
}

function menteeFinder(stored: readonly CurrentMentee[], { directory }: CheckContext) {
  const known = new Map(
    stored.flatMap((mentee) => [
      [mentee.userId, mentee],
      [mentee.email.toLowerCase(), mentee],
    ]),
  );
  return (reference: string): { id: string; mentee: CurrentMentee } | undefined => {
    const kept = known.get(reference);
    if (kept !== undefined) return { id: kept.userId, mentee: kept };
    const person = directory.find(reference);
    if (person === undefined) return undefined;
    const { id, email } = person;
    return { id, mentee: known.get(id) ?? { userId: id, email, enrolment: 'invited' } };
  };
}

function userIds(mentees: readonly CurrentMentee[]): string[] {
  return mentees.map(({ userId }) => userId);
}

/** Of two lists in which nothing stands twice. */
function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}

export function checkTimes(
  current: CurrentSession,
  change: SessionChange,
  { context, differing, unreadable, broken }: Findings,
): { startMs: number; endMs: number; timeZone: string; slot: Slot | undefined } {
  if (!asksForTimes(change)) return { ...current, slot: undefined };
  const errors: RowError[] = [];
  const { timeZone, startMs, endMs, durationMinutes } = changeTimes(
    current,
    change,
    context.names,
    unreadable,
  );
  const text = timesText(current, change);
  if (timeZone !== current.timeZone) differing.add('timeZone');
  if (startMs === undefined) differing.add('date');
  else if (startMs !== current.startMs) {
    differing.add('date');
    checkStart(startMs, text, context, errors);
  }
  const lastMs = endMs ?? startMs;
  if (lastMs !== undefined && lastMs !== current.endMs) checkEnd(lastMs, text, context, errors);
  if (durationMinutes !== undefined && durationMinutes !== (current.endMs - current.startMs) / MINUTE_MS) {
    differing.add('duration');
    checkDuration(durationMinutes, text, context, errors);
  }
  broken.push(...errors);
  if (startMs === undefined || endMs === undefined) return { ...current, timeZone, slot: undefined };
  const isLeft = startMs === current.startMs && endMs === current.endMs;
  return { startMs, endMs, timeZone, slot: isLeft || errors.length > 0 ? undefined : { startMs, endMs } };
}

export function checkOptions(
  field: OptionField,
  { [field]: stored }: CurrentSession,
  { [field]: labels }: SessionChange,
  { context, differing, broken }: Findings,
): { values: readonly string[]; added: OptionChoice[] } {
  if (labels === undefined) return { values: stored, added: [] };
  const errors: RowError[] = [];
  const chosen = matchOptions(field, labels, stored, context, errors);
  const values = chosen.map(({ value }) => value);
  if (errors.length === 0 && isSameSet(values, stored)) return { values: stored, added: [] };
  differing.add(field);
  broken.push(...errors);
  return { values, added: chosen.filter(({ value }) => !stored.includes(value)) };
}

export function checkMeeting(
  { meeting: stored }: CurrentSession,
  { meeting: asked, unread }: SessionChange,
  { context, differing, unreadable, broken }: Findings,
): Meeting {
  if (asked === undefined || unread?.has('platform')) return stored;
  const meeting = changeMeeting(stored, asked, context.names, unreadable);
  if (meeting && isSameMeeting(meeting, stored)) return stored;
  differing.add('link');
  if (meeting) checkRequiredOfMeeting(meeting, stored, context, broken);
  return meeting ?? stored;
}

export function checkCustom(
  { custom: stored }: CurrentSession,
  { custom: asked }: SessionChange,
  { differing }: Findings,
): CurrentSession['custom'] {
  const custom = new Map(Object.entries(stored));
  for (const [name, value] of Object.entries(asked ?? {})) {
    if (value === (custom.get(name) ?? null)) continue;
    differing.add(`custom.${name}`);
    if (value === null) custom.delete(name);
    else custom.set(name, value);
  }
  return Object.fromEntries(custom);
}
