import { waitFor } from '@mentorline/testkit';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ORIGIN = 'https://app.example.org';

/** Keeps the event loop from anything else. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

t.test('a gateway that is too busy says so early, and is there again when it is not', async (t) => {
  const { call } = await openGateway(t, {
    env: { MAX_EVENT_LOOP_DELAY_MS: '100', CORS_ORIGINS: ORIGIN },
  });
  const status = async () => (await call(MANAGER, 'GET', '/v1/me')).statusCode;
  t.equal(await status(), 200, 'what the start took does not count');
  const refused = await waitFor(
    'an early refusal',
    async () => {
      // Longer than what is measured at a time, so that hardly a turn of the loop but this one is in the mean.
      block(1_100);
      const answer = await call(MANAGER, 'GET', '/v1/me', undefined, { origin: ORIGIN });
      return answer.statusCode === 503 && answer;
    },
    60_000,
  );
  t.equal(refused.json().code, 'OVERLOADED');
  t.equal(refused.headers['access-control-allow-origin'], ORIGIN, 'a page in a browser can read it');
  t.match(refused.headers, { 'retry-after': '5', 'content-type': /^application\/problem\+json/ });
  t.equal((await call(null, 'GET', '/healthz')).statusCode, 200, 'that it lives is told all the same');
  await waitFor('the gateway again', async () => (await status()) === 200, 30_000);
});

t.test('a limit of 0 is none', async (t) => {
  const { call } = await openGateway(t, { env: { MAX_EVENT_LOOP_DELAY_MS: '0' } });
  for (let n = 0; n < 6; n += 1) {
    block(300);
    t.equal((await call(MANAGER, 'GET', '/v1/me')).statusCode, 200);
  }
});
