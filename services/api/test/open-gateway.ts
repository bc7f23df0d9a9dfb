import { createClient, type MentorlineClient } from '@mentorline/client';
import { openQueues } from '@mentorline/jobs';
import { createLogger, openActivity, Registry } from '@mentorline/runtime';
import { type Fixtures, setup, type TestContext } from '@mentorline/testkit';
import type { FastifyInstance, HTTPMethods, LightMyRequestResponse } from 'fastify';
import { accessTokens } from '../src/accounts/access-token.ts';
import { type AppDeps, buildApp } from '../src/app.ts';
import { loadApiConfig } from '../src/config.ts';
import { openCounters } from '../src/limits/counters.ts';
import { apiMetrics } from '../src/metrics.ts';

const JWT_SECRET = 'a secret of the test suite, long enough';
/** Before every session of the tests. */
const NOW = new Date('2027-06-01T00:00:00Z');

export interface Gateway extends Fixtures {
  app: FastifyInstance;
  /** What the app was built with. */
  deps: AppDeps;
  clock: { now: Date };
  log: string[];
  token(email: string): Promise<string>;
  /** A call by a demo account, or by nobody. */
  call(
    email: string | null,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
  /** The typed client of a demo account, or of nobody; its calls take no port. */
  client(email: string | null): MentorlineClient;
  /** The same on another gateway of the same database. */
  callOn(app: FastifyInstance, ...input: Parameters<Gateway['call']>): Promise<LightMyRequestResponse>;
}

/** The gateway on a fresh database with the demo accounts. */
export async function openGateway(
  t: TestContext,
  options: { redisUrl?: string; mongodbUrl?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Gateway> {
  const { mongodbUrl } = options;
  const fixtures = await setup(t, mongodbUrl ? { mongodbUrl } : {});
  const { store, queuePrefix: prefix, users } = fixtures;
  const redisUrl = options.redisUrl ?? fixtures.redisUrl;
  const queues = openQueues({ redisUrl, prefix });
  const log: string[] = [];
  const clock = { now: NOW };
  // What else the machine does is no test's business, unless it is about that.
  const config = loadApiConfig({ JWT_SECRET, MAX_EVENT_LOOP_DELAY_MS: '0', ...options.env });
  const logger = createLogger(
    { service: 'api', level: config.LOG_LEVEL },
    { write: (line) => void log.push(line) },
  );
  const counters = openCounters({ redisUrl, prefix, logger });
  const metrics = apiMetrics(new Registry());
  const activity = openActivity();
  const deps = { store, queues, counters, config, logger, metrics, activity, now: () => clock.now };
  const app = await buildApp(deps);
  t.teardown(async () => {
    await app.close();
    await queues.close();
    counters.close();
  });
  const tokens = accessTokens(JWT_SECRET);
  const token = (email: string) => tokens.issue(users.get(email)!, clock.now);
  const callOn: Gateway['callOn'] = async (on, email, method, url, body, headers = {}) => {
    const authorization = email === null ? {} : { authorization: `Bearer ${await token(email)}` };
    return on.inject({
      method,
      url,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
  };
  const call: Gateway['call'] = (...input) => callOn(app, ...input);
  const client: Gateway['client'] = (email) =>
    createClient({
      ...{ baseUrl: 'http://gateway.example.org', fetch: injectedFetch(app) },
      ...(email === null ? {} : { accessToken: () => token(email) }),
    });
  return { ...fixtures, app, deps, clock, log, token, call, client, callOn };
}

/** A `fetch` whose requests go into the app. */
function injectedFetch(app: FastifyInstance) {
  return async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const body = Buffer.from(await request.arrayBuffer());
    const answer = await app.inject({
      method: request.method as HTTPMethods,
      url: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      ...(body.length > 0 ? { payload: body } : {}),
    });
    const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, String(one)]),
    );
    const { statusCode: status, rawPayload } = answer;
    return new Response(status === 204 || status === 304 ? null : new Uint8Array(rawPayload), {
      status,
      headers,
    });
  };
}

/** A request that every rule allows, on 14 June 2027 from 15:00 to 16:00 in India. */
export function sessionBody<More extends object>(more?: More) {
  return {
    title: 'Leading a school',
    description: 'How heads plan a year of change',
    type: 'PUBLIC' as const,
    mentor: 'asha.rao@example.org',
    start: '2027-06-14T09:30:00Z',
    durationMinutes: 60,
    recommendedFor: ['Teachers'],
    categories: ['Communication'],
    medium: ['English'],
    ...more,
  };
}
