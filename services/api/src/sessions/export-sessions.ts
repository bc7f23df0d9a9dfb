import { BYTE_ORDER_MARK, writeRecords } from '@mentorline/csv';
import type { Organisation, Session, SessionQuery, Store } from '@mentorline/store';
import { type SessionRowContext, sessionHeader, sessionRow } from './session-row.ts';

const PAGE_ROWS = 500;

/**
 * The sessions of an organisation as a CSV that can be edited and uploaded; memory holds a page at a time.
 * @param filters undefined: no session matches
 */
export async function* exportSessions(
  deps: { store: Store; now: () => Date },
  { id: organisationId, customFields }: Organisation,
  filters: Omit<SessionQuery, 'after' | 'limit'> | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const { store } = deps;
  const now = deps.now();
  const options = await store.options.loadCatalogue(organisationId);
  let head = BYTE_ORDER_MARK + writeRecords([sessionHeader(customFields)]);
  let last: Session | undefined;
  do {
    const after = last ? { after: { start: last.start, id: last.id } } : {};
    const page = filters && { ...filters, ...after, limit: PAGE_ROWS };
    const items = page ? await store.sessions.readSessionPage(page, now) : [];
    const context = { emails: await emailsOf(store, items), options, customFields };
    yield Buffer.from(head + writeRecords(items.map((session) => sessionRow(session, context))));
    head = '';
    last = items.length === PAGE_ROWS ? items.at(-1) : undefined;
  } while (last);
}

async function emailsOf(store: Store, sessions: readonly Session[]): Promise<SessionRowContext['emails']> {
  const ids = sessions.flatMap(({ mentorId, mentees }) => [mentorId, ...mentees.map(({ userId }) => userId)]);
  const users = await store.users.findUsers([...new Set(ids)]);
  return new Map([...users].map(([id, { email }]) => [id, email]));
}
