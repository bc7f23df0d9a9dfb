import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fixtures, runSuite, setup, type TestContext } from '@mentorline/testkit';
import { LIMITS_NEVER_REACHED } from './bench-suite.ts';
import { FIRST_NAMES, fillLists, LAST_NAMES, oftenTheFirst, TITLE_WORDS } from './list-data.ts';
import { fillOtherLists } from './other-list-data.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

export interface ListFigures {
  sessions: number;
  users: number;
  clients: number;
  /** By query: milliseconds while each client asks once a second on average, as people do. */
  paced: Record<string, Percentiles>;
  /** While each client asks again as soon as it is answered: the most that the machine can do. */
  unpaced: { requestsPerSecond: number; ms: Percentiles };
}

const CLIENTS = 50;
const PACE_MS = 1_000;
const WARM_UP_MS = 30_000;
/** Some 300 answers to each question, so that a p99 is not one or two of them. */
const PACED_MS = 180_000;
const UNPACED_MS = 10_000;
const ASKED_SESSIONS = 10_000;
const DAY_MS = 86_400_000;

const ACCOUNTS = ['manager', 'admin', 'asha.rao', 'meera.iyer'] as const;

interface Question {
  as: (typeof ACCOUNTS)[number];
  path: () => string;
}

/** Which of what the lists are filled with is asked for. */
interface Asked {
  mentors: readonly { id: string; email: string }[];
  sessionIds: readonly string[];
  importId: string;
  importRows: number;
}

/** Every list, search and picker query, each time with other words. */
function questionsOf(
  { store }: Fixtures,
  { mentors, sessionIds, importId, importRows }: Asked,
): Record<string, Question> {
  const cursorOf = (place: object): string => Buffer.from(JSON.stringify(place)).toString('base64url');
  const anyOf = <Item>(items: readonly Item[]): Item => items[Math.floor(items.length * Math.random())]!;
  const word = (): string => oftenTheFirst(TITLE_WORDS, Math.random);
  const first = (): string => oftenTheFirst(FIRST_NAMES, Math.random);
  const last = (): string => oftenTheFirst(LAST_NAMES, Math.random);
  const cut = (text: string, letters: number): string => text.slice(0, letters);
  const far = (): string => {
    const start = new Date(Date.now() + (Math.random() - 0.5) * 10 * DAY_MS).toISOString();
    const place = { start, id: '0'.repeat(24), total: { count: 1_000, isExact: false } };
    return cursorOf(place);
  };
  const farPerson = (): string => {
    const place = store.users.placeOf({ id: '0'.repeat(24), name: `${first()} ${last()}` });
    return cursorOf({ ...place, total: { count: 1_000, isExact: false } });
  };
  const day = (): string => {
    const from = Date.now() + (Math.random() - 0.5) * 10 * DAY_MS;
    return `from=${new Date(from).toISOString()}&to=${new Date(from + DAY_MS).toISOString()}`;
  };
  const email = (): string => encodeURIComponent(anyOf(mentors).email);
  const sessions = (query: () => string, as: Question['as'] = 'manager'): Question => ({
    as,
    path: () => `/v1/sessions?${query()}`,
  });
  const people = (query: () => string): Question => ({ as: 'manager', path: () => `/v1/users?${query()}` });
  const other = (path: () => string, as: Question['as'] = 'manager'): Question => ({ as, path });
  const farRow = (): string => cursorOf({ row: Math.floor(importRows * Math.random()) });
  return {
    'sessions, first page': sessions(() => ''),
    'sessions, last first': sessions(() => 'sort=-start'),
    'sessions, a page far down': sessions(() => `cursor=${far()}`),
    'sessions to come': sessions(() => 'status=PUBLISHED'),
    'sessions that are live': sessions(() => 'status=LIVE'),
    'sessions that are over, last first': sessions(() => 'status=COMPLETED&sort=-start'),
    'cancelled sessions': sessions(() => 'status=CANCELLED'),
    'private sessions': sessions(() => 'type=PRIVATE'),
    'sessions of a day': sessions(day),
    'sessions of a mentor': sessions(() => `mentor=${email()}`),
    'sessions of a common category': sessions(() => 'category=communication'),
    'sessions of a rare category': sessions(() => 'category=rarely_used'),
    'search: a word': sessions(() => `search=${word()}`),
    'search: three letters': sessions(() => `search=${cut(word(), 3)}`),
    'search: one letter': sessions(() => `search=${cut(word(), 1)}`),
    'search: two words': sessions(() => `search=${word()}+${word()}`),
    'search: a mentor': sessions(() => `search=${first()}+${last()}`),
    'search: a word to come, in a category': sessions(
      () => `search=${word()}&status=PUBLISHED&category=communication`,
    ),
    'a mentor, own sessions': sessions(() => '', 'asha.rao'),
    'a mentee, first page': sessions(() => 'status=PUBLISHED', 'meera.iyer'),
    'a mentee, search': sessions(() => `search=${word()}`, 'meera.iyer'),
    'picker: mentors': people(() => 'role=mentor'),
    'picker: mentors, three letters': people(() => `role=mentor&search=${cut(first(), 3)}`),
    'picker: mentees, one letter': people(() => `role=mentee&search=${cut(first(), 1)}`),
    'picker: mentees, full name': people(() => `role=mentee&search=${first()}+${last()}`),
    'picker: an address': people(() => `search=${email()}`),
    'picker: a designation': people(() => `role=mentee&designation=teacher&search=${cut(last(), 2)}`),
    'people, a page far down': people(() => `cursor=${farPerson()}`),
    'people who are not active': other(() => '/v1/users?active=false', 'admin'),
    'mentees of a session': other(() => `/v1/sessions/${anyOf(sessionIds)}/mentees`),
    'mails of a session': other(() => `/v1/sessions/${anyOf(sessionIds)}/mails`),
    'busy and free times of a mentor': other(() => `/v1/mentors/${anyOf(mentors).id}/slots`),
    options: other(() => '/v1/options/categories'),
    'form of a session': other(() => '/v1/forms/session'),
    imports: other(() => '/v1/imports'),
    'rows of an import': other(() => `/v1/imports/${importId}/rows?cursor=${farRow()}`),
    suppressions: other(() => '/v1/suppressions', 'admin'),
    'audit log': other(() => '/v1/audit', 'admin'),
    'audit log, one kind': other(() => '/v1/audit?action=session.cancelled', 'admin'),
    'audit log of a day': other(() => `/v1/audit?${day()}`, 'admin'),
  };
}

/** So many clients on a gateway whose organisation has so many sessions and users. */
export async function listsBench(
  t: TestContext,
  { sessions, users }: { sessions: number; users: number },
): Promise<ListFigures> {
  const fixtures = await setup(t);
  await fillLists(fixtures, { sessions, users });
  const { importId } = await fillOtherLists(fixtures, sessions);
  return { sessions, users, ...(await askLists(t, fixtures, { importId, importRows: sessions })) };
}

async function askLists(
  t: TestContext,
  fixtures: Fixtures,
  ofImport: Pick<Asked, 'importId' | 'importRows'>,
): Promise<Omit<ListFigures, 'sessions' | 'users'>> {
  const suite = await runSuite(t, fixtures, {
    services: ['api'],
    env: { LOG_LEVEL: 'warn', ...LIMITS_NEVER_REACHED },
  });
  const mentors = await fixtures.store.users.readDirectoryPage({
    ...{ organisationIds: [fixtures.organisation.id], active: true, role: 'mentor' as const },
    ...{ words: [], direction: 1 as const, limit: 1_000 },
  });
  const sessions = fixtures.store.connection
    .collection('sessions')
    .find({}, { projection: { _id: 1 } })
    .limit(ASKED_SESSIONS);
  const sessionIds = (await sessions.toArray()).map(({ _id }) => _id.toHexString());
  const questions = Object.entries(questionsOf(fixtures, { mentors, sessionIds, ...ofImport }));
  const tokens = new Map<string, string>();
  for (const name of ACCOUNTS) {
    tokens.set(name, await signIn(suite.gatewayUrl, `${name}@example.org`, fixtures.password));
  }
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  t.teardown(() => agent.destroy());

  const askFor = async (durationMs: number, paceMs: number): Promise<[string, number][]> => {
    const times: [string, number][] = [];
    const until = performance.now() + durationMs;
    const client = async (): Promise<void> => {
      await delay(Math.random() * paceMs);
      while (performance.now() < until) {
        // Neither in step nor in turn: clients that once met would else meet each time.
        const next = performance.now() + 2 * paceMs * Math.random();
        const [what, { as, path }] = questions[Math.floor(questions.length * Math.random())]!;
        times.push([what, await get(agent, suite.gatewayUrl + path(), tokens.get(as)!)]);
        await delay(Math.max(0, next - performance.now()));
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return times;
  };

  await askFor(WARM_UP_MS, PACE_MS / 5);
  const paced = await askFor(PACED_MS, PACE_MS);
  const startedAt = performance.now();
  const unpaced = await askFor(UNPACED_MS, 0);
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    clients: CLIENTS,
    paced: Object.fromEntries(
      questions.map(([what]) => [
        what,
        percentilesOf(paced.filter(([asked]) => asked === what).map(([, ms]) => ms)),
      ]),
    ),
    unpaced: {
      requestsPerSecond: unpaced.length / seconds,
      ms: percentilesOf(unpaced.map(([, ms]) => ms)),
    },
  };
}

async function signIn(url: string, email: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}

/** @returns milliseconds until the answer is there, whole */
function get(agent: Agent, url: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume().once('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - startedAt);
        else reject(new Error(`${url} was answered with ${answer.statusCode}`));
      });
    })
      .once('error', reject)
      .end();
  });
}
