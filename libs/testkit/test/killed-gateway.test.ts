import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { type RunningSuite, runSuite, setup, waitFor } from '../src/index.ts';

const MANAGER = 'manager@example.org';
const SESSIONS = 40;
const RETRY_TIMEOUT_MS = 60_000;

const body = (n: number) => ({
  title: `Session ${n}`,
  description: 'Made while the gateway dies',
  type: 'PUBLIC',
  mentor: n % 2 ? 'asha.rao@example.org' : 'vikram.shah@example.org',
  start: new Date(Date.UTC(2031, 5, 1 + n, 9)).toISOString(),
  durationMinutes: 60,
  recommendedFor: ['Teachers'],
  categories: ['Communication'],
  medium: ['English'],
});

async function create(suite: RunningSuite, n: number, accessToken: string): Promise<Response | undefined> {
  return fetch(`${suite.gatewayUrl}/v1/sessions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${accessToken}`,
      'idempotency-key': `session-${n}`,
    },
    body: JSON.stringify(body(n)),
  }).catch(() => undefined);
}

t.test(
  'a gateway that is killed in the middle makes nothing twice, and blocks no key for ever',
  async (t) => {
    const fixtures = await setup(t);
    const suite = await runSuite(t, fixtures, { services: ['api'] });
    const login = await fetch(`${suite.gatewayUrl}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: MANAGER, password: fixtures.password }),
    });
    const { accessToken } = (await login.json()) as { accessToken: string };
    const sessions = fixtures.store.connection.collection('sessions');
    let first: Promise<unknown> = Promise.resolve();
    for (const pauseMs of [30, 60, 120]) {
      first = Promise.all(Array.from({ length: SESSIONS }, (_, n) => create(suite, n, accessToken)));
      await delay(pauseMs);
      await suite.kill('api');
      await first;
      await suite.start('api');
    }
    const made = await sessions.countDocuments();
    t.comment(`${made} of ${SESSIONS} were made by a gateway that died`);

    const ids = await Promise.all(
      Array.from({ length: SESSIONS }, (_, n) =>
        waitFor(
          `an answer for session ${n}`,
          async () => {
            const answer = await create(suite, n, accessToken);
            return answer?.status === 201 && ((await answer.json()) as { id: string }).id;
          },
          RETRY_TIMEOUT_MS,
        ),
      ),
    );
    t.equal(new Set(ids).size, SESSIONS);
    t.equal(await sessions.countDocuments(), SESSIONS);
    const noted = await fixtures.store.connection
      .collection('auditLog')
      .countDocuments({ action: 'session.created' });
    t.equal(noted, SESSIONS, 'and each is noted once');
  },
);
