import type { SessionStatus } from '@mentorline/domain';
import t from 'tap';
import { newId, type SessionQuery, type SessionScope } from '../src/index.ts';
import { leadByFirst } from '../src/rarest-first.ts';
import { filterOf } from '../src/session-query.ts';
import { buildSession, DAY_MS, HOUR_MS } from './builders.ts';
import { openStore } from './open-store.ts';
import { checkPlan } from './query-plan.ts';

const SESSIONS = 3_000;
const PAGE = 20;
/** The page itself, and of a search one more from each word and mentor that is merged. */
const PAGE_DOCS = 5 * PAGE;
/** What is left out for them is in the index of an organisation's list. */
const COUNTED_BY_INDEX = ['all', 'a rare type', 'PUBLISHED', 'LIVE', 'COMPLETED', 'CANCELLED'];

t.test(
  'every list of sessions, narrowed down in whatever way, reads little more than its page',
  async (t) => {
    const store = await openStore(t);
    const [organisationId, otherId] = [newId(), newId()];
    const mentors = Array.from({ length: 20 }, newId);
    const mentee = newId();
    const now = new Date(DAY_MS + (SESSIONS / 2) * HOUR_MS);
    await store.users.createUsers(
      mentors.map((_, n) => ({
        organisationId,
        email: `mentor${n}@example.org`,
        name: n % 10 ? `Mentor ${n}` : `Asha ${n}`,
        roles: ['mentor' as const],
      })),
    );
    await store.transaction((transaction) =>
      store.sessions.insertSessions(
        transaction,
        { userId: newId(), at: now },
        Array.from({ length: SESSIONS }, (_, n) => ({
          id: newId(),
          session: buildSession({
            organisationId: n % 3 ? organisationId : otherId,
            title: `Leading a school, part ${n}${n % 200 === 1 ? ' rarely' : ''}`,
            categories: [n % 200 === 2 ? 'rare' : 'common'],
            mentorId: mentors[n % mentors.length]!,
            mentees: n % 10 ? [] : [{ userId: mentee, enrolment: 'invited' }],
            type: n % 200 === 4 ? 'PRIVATE' : 'PUBLIC',
            startMs: DAY_MS + n * HOUR_MS,
            endMs: DAY_MS + n * HOUR_MS + HOUR_MS / 2,
          }),
        })),
      ),
    );
    const sessions = store.connection.collection('sessions');
    await sessions.updateMany({ title: /part \d*00\b/ }, { $set: { cancelledAt: now } });

    const scopes: Record<string, readonly SessionScope[]> = {
      organisation: [{ kind: 'organisation', organisationId }],
      mentor: [{ kind: 'mentor', mentorId: mentors[0]! }],
      'organisation or mentor': [
        { kind: 'organisation', organisationId },
        { kind: 'mentor', mentorId: mentors[0]! },
      ],
      mentee: [{ kind: 'mentee', menteeId: mentee, organisationIds: [organisationId, otherId] }],
    };
    const among = { sessionsOf: [organisationId, otherId], mentorsOf: [organisationId] };
    const search = async (...words: string[]) => ({
      search: await store.sessions.prepareSearch(words, among),
    });
    const narrowed: Record<string, Partial<SessionQuery>> = {
      all: {},
      'a common word': await search('school'),
      'the beginning of a word': await search('scho'),
      'a rare word': await search('rarely'),
      'words of which one is rare': await search('school', 'rarely'),
      'beginnings of words of which one is rare': await search('scho', 'rare'),
      'a number': await search('1234'),
      'a mentor': await search('asha'),
      'nothing that is there': await search('zzz'),
      'a word, in a category': { ...(await search('rarely')), category: 'common' },
      'a common category': { category: 'common' },
      'a rare category': { category: 'rare' },
      'a rare type': { type: 'PRIVATE' },
      'one mentor': { mentorId: mentors[0]! },
      'one mentor, by a word': { mentorId: mentors[0]!, ...(await search('school')) },
      ...Object.fromEntries(
        (['PUBLISHED', 'LIVE', 'COMPLETED', 'CANCELLED'] satisfies SessionStatus[]).map((status) => [
          status,
          { status },
        ]),
      ),
    };
    for (const [who, scope] of Object.entries(scopes)) {
      // One person's sessions are few: they may be looked through.
      const mostDocs = who === 'organisation' ? PAGE_DOCS : PAGE_DOCS + SESSIONS / 10;
      for (const [what, more] of Object.entries(narrowed)) {
        for (const direction of [1, -1] as const) {
          const query = { scopes: scope, direction, limit: PAGE, ...more };
          const title = `${who}, ${what}, ${direction}`;
          // Those of a day and a bit: where they are few they may be sorted.
          const countsByIndex = who === 'organisation' && COUNTED_BY_INDEX.includes(what);
          const expected = { mostDocs, sorts: what === 'LIVE', countsByIndex };
          const list = () => store.sessions.listSessions(query, now);
          await checkPlan(t, store, { title, run: list }, expected);
          const after = { start: new Date(DAY_MS + (SESSIONS - 150) * HOUR_MS), id: newId() };
          const deep = () => store.sessions.readSessionPage({ ...query, after }, now);
          await checkPlan(t, store, { title: `${title}, far down`, run: deep }, expected);
        }
      }
    }
    const prepare = () => store.sessions.prepareSearch(['school', 'as'], among);
    await checkPlan(t, store, { title: 'prepareSearch', run: prepare }, { mostDocs: 100 });
  },
);

t.test('a plain list leaves the planner no choice, which it would make by what it finds first', async (t) => {
  const store = await openStore(t);
  const scopes: SessionScope[] = [{ kind: 'organisation', organisationId: newId() }];
  const sessions = store.connection.collection('sessions');
  for (const status of [undefined, 'PUBLISHED', 'LIVE', 'COMPLETED'] as const) {
    const query = { scopes, direction: 1 as const, limit: PAGE, ...(status ? { status } : {}) };
    const { queryPlanner } = await sessions.find(filterOf(query, new Date())!).explain('queryPlanner');
    t.same(queryPlanner.rejectedPlans, [], `${status ?? 'all'}: one plan`);
    const { indexName } = queryPlanner.winningPlan.inputStage;
    t.match(indexName, /^organisationId_1_type_1_start_1/, `${status ?? 'all'}: of the organisation's list`);
  }
});

t.test('of several words the first alone can lead', async (t) => {
  const { connection } = await openStore(t);
  for (const name of ['sessions', 'users']) {
    const filter = { $and: [{ organisationId: newId() }, ...leadByFirst([['rare'], ['common']])] };
    const plans = JSON.stringify(await connection.collection(name).find(filter).explain('queryPlanner'));
    t.match(plans, /\[\\"rare\\", \\"rare\\"\]/, `${name}: read by it`);
    t.notMatch(plans, /\[\\"common\\"/, `${name}: by no other`);
  }
});
