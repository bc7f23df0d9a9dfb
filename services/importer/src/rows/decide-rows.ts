import {
  type CheckContext,
  type CurrentSession,
  checkChange,
  type DecideContext,
  decideChange,
  decideDeletion,
  decideRepeatedCreate,
  decideSession,
  OPTION_FIELDS,
  type OptionChoice,
  type OptionField,
  type RowError,
  type SessionFacts,
  sessionNews,
} from '@mentorline/domain';
import {
  type Calendars,
  newId,
  type OptionClaim,
  type RowResult,
  type SessionChanges,
  type StoredSession,
  toBooked,
} from '@mentorline/store';
import type { AppliedRow } from './row-kind.ts';
import { invalidResult, type Uploaded } from './row-result.ts';
import type { SessionRow, SessionRowDeps } from './session-rows.ts';

/** What the rows of a chunk find when its transaction has begun. */
interface World {
  /** By id; as the rows leave them. */
  sessions: Map<string, CurrentSession>;
  calendars: Calendars;
  context: CheckContext & DecideContext;
}

/** The rows in file order: each decision sees what the earlier rows have made of sessions and slots. */
export function decideRows(
  { input, catalogue }: SessionRowDeps,
  rows: readonly SessionRow[],
  world: World,
): SessionChanges & { results: AppliedRow[] } {
  const { sessions, calendars, context } = world;
  const isCheck = input.mode === 'check';
  const published: StoredSession[] = [];
  const changed = new Set<string>();
  const claims = new Map<string, OptionClaim>();

  const claim = (row: number, options: Readonly<Record<OptionField, readonly OptionChoice[]>>): void => {
    for (const field of OPTION_FIELDS) {
      for (const { value, label } of options[field]) {
        if (!catalogue.mustClaim(field, value, row)) continue;
        const key = `${field}:${value}`;
        if (!claims.has(key)) claims.set(key, { field, value, label, row });
      }
    }
  };

  const mailsOf = (before: SessionFacts | undefined, after: SessionFacts): number =>
    input.notify ? sessionNews(before, after).length : 0;

  const publish = ({ pending: { row }, reading, check }: SessionRow, uploaded: Uploaded): AppliedRow => {
    const decision = decideSession(reading.draft, check!, reading.errors, calendars, context);
    if (decision.outcome === 'invalid') return refuse(uploaded, decision.errors);
    const { session, note } = decision;
    const { startMs, endMs, mentorId } = session;
    calendars.get(mentorId)!.book({ startMs, endMs, holder: { kind: 'row', row } });
    claim(row, check!.options);
    const id = newId();
    published.push({ id, session, row });
    // A check has no session to name.
    const mails = mailsOf(undefined, { ...session, cancelled: false });
    return { ...uploaded, status: 'Published', sessionId: isCheck ? null : id, note, errors: [], mails };
  };

  const edit = ({ pending: { row }, reading, sessionId }: SessionRow, uploaded: Uploaded): AppliedRow => {
    const current = sessions.get(sessionId);
    const checked = current && reading.change && checkChange(current, reading.change, context);
    const decision = decideChange(current, reading, checked, calendars, context);
    if (decision.outcome === 'invalid') return refuse(uploaded, decision.errors);
    const { note } = decision;
    if (decision.outcome === 'updated' && current && checked) {
      const { session } = decision;
      const { startMs, endMs } = session;
      const calendar = calendars.get(session.mentor.id);
      // Of a session that moves by days the old slot need not be in the part of the calendar that was read.
      calendar?.release(sessionId);
      calendar?.book({ startMs, endMs, holder: { kind: 'session', sessionId } });
      claim(row, checked.options);
      leave(session);
      const mails = mailsOf(factsOf(current), factsOf(session));
      return { ...uploaded, status: 'Updated', sessionId, note, errors: [], mails };
    }
    return { ...uploaded, status: 'Unchanged', sessionId, note, errors: [] };
  };

  const remove = ({ reading, sessionId }: SessionRow, uploaded: Uploaded): AppliedRow => {
    const current = sessions.get(sessionId);
    const decision = decideDeletion(current, reading, context.nowMs);
    if (decision.outcome === 'invalid') return refuse(uploaded, decision.errors);
    const done = { ...uploaded, sessionId, note: '', errors: [] };
    if (decision.outcome === 'unchanged') return { ...done, status: 'Unchanged' };
    calendars.get(decision.session.mentor.id)?.release(sessionId);
    leave(decision.session);
    const mails = mailsOf(current && factsOf(current), factsOf(decision.session));
    return { ...done, status: 'Deleted', mails };
  };

  const repeat = ({ reading, sessionId }: SessionRow, uploaded: Uploaded): RowResult => {
    const decision = decideRepeatedCreate(sessions.get(sessionId), reading);
    if (decision.outcome === 'invalid') return refuse(uploaded, decision.errors);
    return { ...uploaded, status: 'Unchanged', sessionId, note: decision.note, errors: [] };
  };

  const leave = (session: CurrentSession): void => {
    sessions.set(session.id, session);
    changed.add(session.id);
  };

  const refuse = (uploaded: Uploaded, errors: readonly RowError[]): RowResult =>
    invalidResult(uploaded, errors, input.customFields);

  const results = rows.map((row): AppliedRow => {
    const { pending, reading, check } = row;
    const uploaded = { row: pending.row, action: reading.action ?? '', cells: pending.cells };
    if (check) return publish(row, uploaded);
    if (reading.action === 'Edit') return edit(row, uploaded);
    return reading.action === 'Delete' ? remove(row, uploaded) : repeat(row, uploaded);
  });
  const at = new Date();
  return {
    results,
    published,
    changed: [...changed].map((id) => toBooked(sessions.get(id)!, at)),
    claims: [...claims.values()],
  };
}

function factsOf({ mentor, ...session }: CurrentSession): SessionFacts {
  return { ...session, mentorId: mentor.id };
}
