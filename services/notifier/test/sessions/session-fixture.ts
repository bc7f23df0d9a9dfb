import type { Meeting, NewSession } from '@mentorline/domain';
import { createLogger } from '@mentorline/runtime';
import { type BookedSession, type Mail, newId, type Store } from '@mentorline/store';
import { type Fixtures, setup } from '@mentorline/testkit';
import { planMails } from '../../src/sessions/plan-mails.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DOMAIN = 'mentoring.example.org';
export const LINK = 'https://zoom.us/j/84839928742?pwd=pass-canary';
export const MEETING: Meeting = {
  ...{ platform: 'ZOOM', link: LINK, meetingId: '84839928742', passcode: 'pass-canary' },
};

/** When the tests' sessions are made, and when they begin: 15:00 in India, four days later. */
export const MADE = new Date('2031-06-10T09:30:00Z');
export const START = new Date('2031-06-14T09:30:00Z');

type Change = Partial<Omit<BookedSession, 'id'>>;

export interface SessionFixture extends Fixtures {
  asha: string;
  meera: string;
  arjun: string;
  book(given?: Partial<NewSession>, at?: Date, quiet?: boolean): Promise<string>;
  change(id: string, at: Date, change: Change, quiet?: boolean): Promise<void>;
  /** Plans whatever is due at a moment. @returns the mails that this has added: `kind recipient` */
  planAt(at: Date): Promise<string[]>;
  mails(): Promise<Mail[]>;
}

/** Sessions as gateway and importer write them, and the notifier's planner, on a clock of the test's own. */
export async function openSessions(t: Parameters<typeof setup>[0]): Promise<SessionFixture> {
  const fixtures = await setup(t);
  const { store, users, organisation } = fixtures;
  const idOf = (name: string) => users.get(`${name}@example.org`)!.id;
  const [asha, meera, arjun] = [idOf('asha.rao'), idOf('meera.iyer'), idOf('arjun.nair')];
  const createdBy = idOf('manager');
  return {
    ...fixtures,
    ...{ asha, meera, arjun },
    mails: () => allMails(store),
    async book(given = {}, at = MADE, quiet = false) {
      const id = newId();
      const session: NewSession = {
        ...{ organisationId: organisation.id, title: 'Leading a school', description: 'How to begin' },
        ...{ type: 'PUBLIC', mentorId: asha, mentees: [{ userId: meera, enrolment: 'invited' }] },
        ...{ startMs: START.getTime(), endMs: START.getTime() + HOUR_MS, timeZone: 'Asia/Kolkata' },
        ...{ recommendedFor: ['teachers'], categories: ['communication'], medium: ['en'] },
        ...{ meeting: MEETING, custom: {} },
        ...given,
      };
      await store.transaction((transaction) =>
        store.sessions.insertSessions(transaction, { userId: createdBy, at, quiet }, [{ id, session }]),
      );
      return id;
    },
    async change(id, at, change, quiet = false) {
      await store.transaction(async (transaction) => {
        const found = await store.sessions.readSessions(organisation.id, [id], transaction);
        const session = found.get(id)!;
        await store.sessions.updateSessions(transaction, { at, quiet }, [
          { ...session, ...change, version: session.version + 1 },
        ]);
      });
    },
    async planAt(at) {
      const before = new Set((await allMails(store)).map(({ id }) => id));
      await planMails(planner(store, at), await dueAt(store, at));
      const added = (await allMails(store)).filter(({ id }) => !before.has(id));
      return added.map(({ kind, to }) => `${kind.slice('session-'.length)} ${to.name.split(' ')[0]}`).sort();
    },
  };
}

export function planner(store: Store, at: Date): Parameters<typeof planMails>[0] {
  const logger = createLogger({ service: 'notifier', level: 'silent' });
  return { store, logger, now: () => at, mailDomain: DOMAIN };
}

export async function dueAt(store: Store, at: Date): Promise<string[]> {
  return (await store.sessions.listDueSessions(at, 1_000)).map(({ id }) => id);
}

async function allMails(store: Store): Promise<Mail[]> {
  const found = await store.connection
    .collection('mails')
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .toArray();
  const ids = found.map(({ _id }) => String(_id));
  const mails = await store.mails.findMails(ids);
  return ids.map((id) => mails.get(id)!);
}

/** So long after a moment. */
export function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}
