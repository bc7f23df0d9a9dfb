import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, isReady, signIn, startProcess } from '@mentorline/devstack';
import type { Store } from '@mentorline/store';
import { createPeople, type Fixtures, runSuite, setup, type TestContext } from '@mentorline/testkit';
import autocannon from 'autocannon';
import { LIMITS_NEVER_REACHED } from './bench-suite.ts';
import { copyIndexes } from './insert-limit.ts';
import { median } from './percentiles.ts';

export interface GatewayFigures {
  connections: number;
  /** `GET /v1/sessions/{id}` */
  reads: Comparison;
  /** `POST /v1/sessions` */
  writes: Comparison;
}

interface Comparison {
  gateway: RouteFigures;
  /** Of a route that does what has to be done in the database, and nothing else. */
  bare: RouteFigures;
  ratio: number;
}

/** Medians of the rounds. */
export interface RouteFigures {
  requestsPerSecond: number;
  p50: number;
  p99: number;
}

const BARE_SERVER = fileURLToPath(new URL('./bare-server.js', import.meta.url));
const CONNECTIONS = 32;
/** Everybody on a connection of their own, as people are. */
const MANAGERS = CONNECTIONS;
const MENTORS = 2_000;
const MENTEES = 2_000;
const SESSIONS = 5_000;
const WARM_UP_SECONDS = 5;
const ROUNDS = 5;
const ROUND_SECONDS = 5;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const FIRST_DAY = Date.UTC(2041, 0, 1, 9);
const DAY_MS = 86_400_000;

interface Target {
  url: string;
  /** Of each connection. */
  authorizations: readonly string[];
}

/** One call, another one each time. */
type NextCall = () => { path: string; body?: string };

/**
 * The gateway beside a bare server on the same database, in turn: first reading sessions, then making them. Every
 * answer must be the expected one. The gateway is as it is deployed, but for its limits, which are never reached.
 */
export async function gatewayBench(t: TestContext): Promise<GatewayFigures> {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const managers = await createManagers(fixtures);
  await createPeople(store, fixtures.organisation.id, MENTORS, MENTEES);
  const suite = await runSuite(t, fixtures, {
    services: ['api'],
    env: {
      ...LIMITS_NEVER_REACHED,
      MAX_EVENT_LOOP_DELAY_MS: '1000',
    },
  });
  const clients = await Promise.all(
    managers.map((email) => signIn(suite.gatewayUrl, { email, password: fixtures.password })),
  );
  const authorizations = clients.map(({ accessToken }) => `Bearer ${accessToken}`);
  const gateway: Target = { url: suite.gatewayUrl, authorizations };

  const nextWrite = await writesOf(store);
  await load(gateway, 'POST', nextWrite, { amount: SESSIONS });
  const stored = await store.connection
    .collection('sessions')
    .find({}, { projection: { _id: 1 } })
    .toArray();
  const ids = stored.map(({ _id }) => _id.toHexString());
  await copyIndexes(store, 'sessions', 'sessionsAgain');
  const bare: Target = { url: await startBareServer(t, fixtures, ids[0]!), authorizations };

  let nth = 0;
  const nextRead: NextCall = () => ({ path: `/v1/sessions/${ids[nth++ % ids.length]}` });
  return {
    connections: CONNECTIONS,
    reads: await compare({ gateway, bare }, 'GET', nextRead),
    writes: await compare({ gateway, bare }, 'POST', nextWrite),
  };
}

/** @returns their addresses */
async function createManagers({ store, organisation, users }: Fixtures): Promise<string[]> {
  const { passwordHash } = users.get('manager@example.org')!;
  const emails = Array.from({ length: MANAGERS }, (_, n) => `manager${n}@example.org`);
  for (const [n, email] of emails.entries()) {
    await store.users.createUser({
      ...{ organisationId: organisation.id, email, name: `Manager ${n}`, passwordHash },
      roles: ['session_manager'],
    });
  }
  return emails;
}

/** Sessions each of which finds its slot free: of one mentor after the other, then on the next day. */
async function writesOf({ connection }: Store): Promise<NextCall> {
  const idsOf = async (role: string): Promise<string[]> => {
    const found = await connection.collection('users').find({ roles: role, name: / \d+$/ }).toArray();
    return found.map(({ _id }) => _id.toHexString());
  };
  const [mentors, mentees] = [await idsOf('mentor'), await idsOf('mentee')];
  let nth = 0;
  return () => {
    const n = nth++;
    const body = JSON.stringify({
      title: `Leading a school through change, part ${n}`,
      description: 'How heads plan a year of change with their staff and the parents',
      type: n % 3 === 0 ? 'PRIVATE' : 'PUBLIC',
      mentor: mentors[n % mentors.length],
      mentees: [mentees[n % mentees.length], mentees[(n * 7 + 1) % mentees.length]],
      start: new Date(FIRST_DAY + Math.floor(n / mentors.length) * DAY_MS).toISOString(),
      durationMinutes: 60,
      recommendedFor: ['Teachers', 'Block education officer'],
      categories: ['Communication', 'Life skills'],
      medium: ['English', 'Hindi'],
    });
    return { path: '/v1/sessions', body };
  };
}

async function startBareServer(
  t: TestContext,
  { mongodbUri }: Fixtures,
  templateId: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-bare-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [port] = (await freePorts(1)) as [number];
  const server = await startProcess({
    name: 'the bare server',
    command: process.execPath,
    args: [BARE_SERVER],
    env: {
      ...{ PATH: process.env.PATH, MONGODB_URI: mongodbUri, PORT: String(port), TEMPLATE_ID: templateId },
    },
    logFile: join(folder, 'bare.log'),
    isReady: () => isReady(port),
    readyTimeoutMs: START_TIMEOUT_MS,
    stopTimeoutMs: STOP_TIMEOUT_MS,
  });
  t.teardown(() => server.stop());
  return `http://127.0.0.1:${port}`;
}

/** In turn, so that both get their share of whatever else changes on the machine and in the database. */
async function compare(
  { gateway, bare }: { gateway: Target; bare: Target },
  method: 'GET' | 'POST',
  next: NextCall,
): Promise<Comparison> {
  const rounds: Record<'gateway' | 'bare', RouteFigures[]> = { gateway: [], bare: [] };
  await load(bare, method, next, { duration: WARM_UP_SECONDS });
  await load(gateway, method, next, { duration: WARM_UP_SECONDS });
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.bare.push(await load(bare, method, next, { duration: ROUND_SECONDS }));
    rounds.gateway.push(await load(gateway, method, next, { duration: ROUND_SECONDS }));
  }
  const [ofGateway, ofBare] = [mediansOf(rounds.gateway), mediansOf(rounds.bare)];
  return {
    ...{ gateway: ofGateway, bare: ofBare },
    ratio: ofGateway.requestsPerSecond / ofBare.requestsPerSecond,
  };
}

/** @throws when an answer is another than 200, or 201 for a POST */
async function load(
  { url, authorizations }: Target,
  method: 'GET' | 'POST',
  next: NextCall,
  until: { duration: number } | { amount: number },
): Promise<RouteFigures> {
  let nthClient = 0;
  const result = await autocannon({
    ...{ url, connections: CONNECTIONS, ...until },
    setupClient(client) {
      const authorization = authorizations[nthClient++ % authorizations.length]!;
      const headers = { authorization, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) };
      client.setRequests([{ method, setupRequest: (request) => ({ ...request, ...next(), headers }) }]);
    },
  });
  const expected = method === 'POST' ? '201' : '200';
  const answered = Object.entries(result.statusCodeStats ?? {});
  if (result.errors > 0 || answered.some(([status]) => status !== expected)) {
    throw new Error(`${method} at ${url}: ${result.errors} errors, answers ${JSON.stringify(answered)}`);
  }
  const { p50, p99 } = result.latency;
  return { requestsPerSecond: result['2xx'] / result.duration, p50, p99 };
}

function mediansOf(rounds: readonly RouteFigures[]): RouteFigures {
  const of = (figure: keyof RouteFigures): number => median(rounds.map((round) => round[figure]));
  return { requestsPerSecond: of('requestsPerSecond'), p50: of('p50'), p99: of('p99') };
}
