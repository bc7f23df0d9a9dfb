import { setTimeout as delay } from 'node:timers/promises';
import { signIn } from '@mentorline/devstack';
import t from 'tap';
import { startBalancer } from '../src/balancer.ts';
import {
  brokenPromises,
  createPeople,
  mentorEmail,
  runSuite,
  sessionFile,
  setup,
  waitFor,
} from '../src/index.ts';

const SERVICES = [
  ...(['api', 'second api', 'importer', 'second importer', 'notifier', 'second notifier'] as const),
];
const MENTORS = 30;
const ROWS = 2_000;
/** Enough for the balancer to notice, however busy the machine is. */
const PAUSE_MS = 4_000;

function row(n: number) {
  const day = String(1 + (Math.floor(n / MENTORS) % 28)).padStart(2, '0');
  const hour = String(4 + Math.floor(n / MENTORS / 28) * 2).padStart(2, '0');
  return {
    ...{ Action: 'Create', title: `Row ${n}`, description: 'About', type: 'Public', Duration: '60' },
    ...{ Mentor: mentorEmail(n % MENTORS), Date: `${day}-06-2031`, Zone: 'UTC', Time: `${hour}:00` },
    ...{ recommended_for: 'Teachers', categories: 'Communication', medium: 'English' },
  };
}

t.test('every service is restarted under load: no request fails, and nothing is done twice', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  await createPeople(store, organisation.id, MENTORS);
  const suite = await runSuite(t, fixtures, {
    services: SERVICES,
    env: {
      ...{ STOP_PAUSE_MS: String(PAUSE_MS), IMPORT_CHUNK_ROWS: '20', LOG_LEVEL: 'warn' },
      // As long as outside of tests: nobody is killed here, and a machine that stands still must not be taken for dead.
      ...{ SESSION_MAIL_DELAY_MS: '0', MAIL_LEASE_MS: '60000' },
    },
  });
  const url = await startBalancer(t, suite.gatewayUrls);
  const manager = await waitFor('the balancer has found a gateway', () =>
    signIn(url, { email: 'manager@example.org', password: fixtures.password }).catch(() => undefined),
  );

  let isOver = false;
  const answers = new Map<string, number>();
  const call = async (method: string, path: string, body?: object | FormData): Promise<unknown> => {
    const init = body instanceof FormData ? { body } : body && { body: JSON.stringify(body) };
    const headers = body && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {};
    const answer = await manager.fetch(path, { method, headers, ...init }).catch((error: Error) => error);
    const text = answer instanceof Response ? await answer.text().catch(String) : answer.message;
    const outcome = answer instanceof Response ? `${answer.status}${answer.ok ? '' : `: ${text}`}` : text;
    const what = `${method} ${path.split('?')[0]} ${outcome}`;
    answers.set(what, (answers.get(what) ?? 0) + 1);
    return answer instanceof Response && answer.ok ? JSON.parse(text) : undefined;
  };
  const again = async (act: (n: number) => Promise<unknown>, pauseMs: number): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      await act(n);
      await delay(pauseMs);
    }
  };
  const upload = (name: string, rows: object[]) => {
    const form = new FormData();
    form.set('notify', 'false');
    form.set('file', new File([new Uint8Array(sessionFile(rows as never))], name, { type: 'text/csv' }));
    return call('POST', '/v1/imports', form);
  };
  const create = (n: number) =>
    call('POST', '/v1/sessions', {
      ...{ title: `Single ${n}`, description: 'About', type: 'PUBLIC', durationMinutes: 30 },
      ...{ mentor: mentorEmail(n % MENTORS), start: new Date(Date.UTC(2032, 0, 1, n)).toISOString() },
      ...{ recommendedFor: ['Teachers'], categories: ['Communication'], medium: ['English'] },
    });
  await upload(
    'large.csv',
    Array.from({ length: ROWS }, (_, n) => row(n)),
  );
  const load = Promise.all([
    again(create, 150),
    again(() => call('GET', '/v1/sessions?limit=5'), 100),
    again(() => call('GET', '/v1/imports?limit=5'), 200),
    again((n) => upload(`small-${n}.csv`, [row(n)]), 2_000),
  ]);

  const ends: string[] = [];
  for (const name of SERVICES) {
    ends.push(await suite.stop(name));
    await suite.start(name);
  }
  isOver = true;
  await load;
  t.same([...new Set(ends)], ['exit code 0']);
  t.comment(JSON.stringify(Object.fromEntries(answers)));
  t.same(
    [...answers.keys()].sort(),
    ['GET /v1/imports 200', 'GET /v1/sessions 200', 'POST /v1/imports 202', 'POST /v1/sessions 201'],
    'no request failed',
  );

  const { connection } = store;
  const left = async (): Promise<boolean> =>
    (await connection.collection('imports').countDocuments({ finishedAt: null })) === 0 &&
    (await connection.collection('mails').countDocuments({ status: { $ne: 'sent' } })) === 0 &&
    (await connection.collection('sessions').countDocuments({ untold: { $exists: true } })) === 0;
  await waitFor('everything is done', left);
  t.same(await brokenPromises(store, suite.inbox), []);
  const sessions = connection.collection('sessions');
  t.equal(
    await sessions.countDocuments({ importId: { $exists: false } }),
    answers.get('POST /v1/sessions 201'),
  );
  t.equal(await sessions.countDocuments({ title: /^Row / }), ROWS, 'each row once');
  const sent = await connection.collection('mails').countDocuments();
  t.equal((await suite.inbox.messages()).length, sent, 'each mail once');
});
