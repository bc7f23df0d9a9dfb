import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startInbox } from '@mentorline/devstack';
import type { Store } from '@mentorline/store';
import { brokenPromises } from '../broken-promises.ts';
import { startCable } from '../cable.ts';
import { createWorld } from '../create-world.ts';
import { startStoppableMongod } from '../own-mongod.ts';
import { startOwnRedis } from '../own-redis.ts';
import { menteeEmail } from '../people.ts';
import { randomNumbers } from '../random-numbers.ts';
import { type RunningSuite, runSuite } from '../run-suite.ts';
import { setup, type TestContext } from '../setup.ts';
import { causeFaults, REFUSAL_FOR_GOOD, type Victims } from './cause-faults.ts';
import { lostWork } from './lost-work.ts';
import { operate, setAllGoing } from './operate.ts';
import { sendUntilAnswered } from './send-until-answered.ts';
import { newTally, sumOf, type Tally } from './tally.ts';
import { type Upload, uploadFiles } from './upload-files.ts';
import { type Writer, writeSessions } from './write-sessions.ts';

const MENTORS = 150;
const DAYS = 28;
const SESSIONS = 300;
const WRITERS = 4;
const UPLOADERS = 2;
const SAY_EVERY_MS = 15_000;
const DRAIN_POLL_MS = 500;
const DRAIN_MS = 300_000;

export interface Chaos {
  tally: Tally;
  imports: number;
  rows: number;
  mails: { sent: number; failed: number; copies: number };
  /** How long it took until everything was done, once the faults had stopped. */
  drainedMs: number;
  /** A sentence for each thing that was lost, or must never be; empty when all is well. */
  lost: string[];
}

/**
 * Imports, single writes and mails on servers of their own, under continual random faults for so long; then all is
 * made whole, everything comes to its end, and what clients were told is compared with what is there.
 */
export async function runChaos(
  t: TestContext,
  { forMs, seed, say }: { forMs: number; seed: number; say: (line: string) => void },
): Promise<Chaos> {
  const random = randomNumbers(seed);
  const tally = newTally();
  const complaints: string[] = [];
  const complain = (what: string): void => void complaints.push(what);
  const { suite, store, fixtures, victims } = await startSuite(t, complain);
  const world = await createWorld(fixtures, { mentors: MENTORS, sessions: SESSIONS, days: DAYS, seed });
  const sessionsBefore = new Set((await store.connection.collection('sessions').distinct('_id')).map(String));
  const menteeIds = await idsOfMentees(store);
  const clientOf = async (email: string) => {
    const { accessToken } = await suite.signIn(email);
    return sendUntilAnswered({ gatewayUrls: suite.gatewayUrls, accessToken, random, tally, complain });
  };
  const send = await clientOf('manager@example.org');
  const operator = { send: await clientOf('operator@example.org'), random, tally, complain };

  const over = new AbortController();
  const shared = { store, send, random, tally, complain, world, menteeIds, mentors: MENTORS, days: DAYS };
  const writing = Promise.all(
    Array.from({ length: WRITERS }, (_, n) => writeSessions({ ...shared, name: `Writer ${n}` }, over.signal)),
  );
  const uploading = Promise.all(
    Array.from({ length: UPLOADERS }, (_, n) => uploadFiles({ ...shared, name: `chaos-${n}` }, over.signal)),
  );
  const operating = operate(operator, over.signal);
  const faults = causeFaults({ victims, random, tally }, over.signal);
  const progress = setInterval(() => {
    say(`${sumOf(tally.faults)} faults, ${sumOf(tally.writes)} writes …`);
  }, SAY_EVERY_MS);
  const timer = setTimeout(() => over.abort(), forMs);
  try {
    const [writers, uploads] = await Promise.all([writing, uploading, operating, faults]);
    return await judge({
      store,
      suite,
      say,
      tally,
      complaints,
      writers,
      uploads: uploads.flat(),
      sessionsBefore,
      setGoing: setAllGoing(operator),
    });
  } finally {
    clearInterval(progress);
    clearTimeout(timer);
    over.abort();
  }
}

async function startSuite(t: TestContext, complain: (what: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-chaos-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  // As operations.md advises: what a killed gateway held is free again soon.
  const mongod = await startStoppableMongod(t, { transactionLifetimeLimitSeconds: '15' });
  const redis = await startOwnRedis(t);
  const relay: Victims['relay'] = { refusal: undefined, onStored: undefined };
  const inbox = await startInbox({
    dir: join(folder, 'inbox'),
    refuse: (step) => (relay.refusal?.step === step ? relay.refusal.code : undefined),
  });
  t.teardown(() => inbox.stop());
  inbox.onMessage(() => relay.onStored?.());
  const fixtures = await setup(t, { mongodbUrl: mongod.url, redisUrl: redis.url });
  const portOf = (url: string): number => Number(new URL(url).port);
  const cables = {
    MongoDB: await startCable(t, portOf(mongod.url)),
    Redis: await startCable(t, portOf(redis.url)),
    'the relay': await startCable(t, inbox.port),
  };
  // Direct: the replica set would name its member's own port, past the cable.
  const throughCables = {
    ...fixtures,
    mongodbUri: `mongodb://127.0.0.1:${cables.MongoDB.port}/${fixtures.store.connection.name}?directConnection=true`,
    redisUrl: `redis://127.0.0.1:${cables.Redis.port}`,
  };
  const suite = await runSuite(t, throughCables, {
    services: ['api', 'second api', 'importer', 'second importer', 'notifier', 'second notifier'],
    supervised: true,
    inbox,
    env: {
      SMTP_URL: `smtp://127.0.0.1:${cables['the relay'].port}`,
      ...{ SESSION_MAIL_DELAY_MS: '500', IMPORT_CHUNK_ROWS: '50', LOG_LEVEL: 'warn' },
      ...{ REQUESTS_PER_MINUTE_OF_USER: '0', REQUESTS_PER_MINUTE_OF_ADDRESS: '0' },
    },
    onEnd(name, how, lastWords) {
      if (how !== 'ended by SIGKILL' && how !== 'exit code 0')
        complain(`${name}: ${how}; it said last: ${lastWords}`);
    },
  });
  const victims: Victims = { suite, mongod, redis, cables, relay };
  return { suite, store: fixtures.store, fixtures, victims };
}

async function idsOfMentees({ users }: Store): Promise<string[]> {
  const emails = new Set(Array.from({ length: 20 }, (_, n) => menteeEmail(n)));
  return (await users.listUsers()).filter(({ email }) => emails.has(email)).map(({ id }) => id);
}

async function judge(done: {
  store: Store;
  suite: RunningSuite;
  say: (line: string) => void;
  tally: Tally;
  complaints: readonly string[];
  writers: readonly Writer[];
  uploads: readonly Upload[];
  sessionsBefore: ReadonlySet<string>;
  setGoing: () => Promise<number>;
}): Promise<Chaos> {
  const { store, suite, say, tally, complaints, uploads } = done;
  const { inbox } = suite;
  say(`${sumOf(tally.faults)} faults, ${sumOf(tally.writes)} writes; the faults have stopped …`);
  const startedAt = performance.now();
  const unfinished = await drain(store, done.setGoing);
  const drainedMs = Math.round(performance.now() - startedAt);
  const mails = store.connection.collection('mails');
  const [sent, failed, received] = await Promise.all([
    mails.countDocuments({ status: 'sent' }),
    mails.countDocuments({ status: 'failed', lastError: { $ne: null } }),
    inbox.messages(),
  ]);
  return {
    tally,
    imports: uploads.length,
    rows: uploads.reduce((sum, { rows }) => sum + rows, 0),
    mails: { sent, failed, copies: received.length - sent },
    drainedMs,
    lost: [
      ...(await explained(complaints, suite)),
      ...unfinished,
      ...(await mailsGivenUp(store)),
      ...(await brokenPromises(store, inbox)),
      ...(await lostWork(store, done)),
    ],
  };
}

/** With what the gateways have logged of the requests. */
async function explained(complaints: readonly string[], suite: RunningSuite): Promise<string[]> {
  const logs = (await suite.logs()).split('\n');
  return complaints.map((complaint) => {
    const [, requestId] = /"requestId":"([^"]+)"/u.exec(complaint) ?? [];
    const line = requestId && logs.find((logged) => logged.includes(requestId));
    return line ? `${complaint}\n      ${line.slice(0, 3_000)}` : complaint;
  });
}

/** What the relay refused at the time, an operator has sent again, unless its reader has heard since how the session is. */
async function mailsGivenUp({ connection, mails }: Store): Promise<string[]> {
  const refused = { status: 'failed', lastError: new RegExp(`^${REFUSAL_FOR_GOOD}`, 'u') };
  const lost: string[] = [];
  for await (const { _id, messageId, lastError } of connection.collection('mails').find(refused)) {
    const { kind, session } = (await mails.findMail(String(_id)))!;
    if (kind !== 'session-reminder' && session && (await mails.isOvertaken(session))) continue;
    lost.push(`mail ${messageId} was given up: ${lastError}`);
  }
  return lost;
}

/** Waits until all is done that was begun. @returns what never was */
async function drain({ connection }: Store, setGoing: () => Promise<number>): Promise<string[]> {
  const deadline = performance.now() + DRAIN_MS;
  const now = new Date();
  const waiting = {
    imports: { finishedAt: null },
    mails: { status: { $nin: ['sent', 'failed'] } },
    // Of what is to be told now; reminders of sessions years ahead are not.
    sessions: { $or: [{ untold: { $exists: true } }, { tellAt: { $lte: now } }] },
  };
  for (;;) {
    const wentOn = await setGoing();
    const left = await Promise.all(
      Object.entries(waiting).map(async ([name, filter]) => {
        const documents = await connection.collection(name).find(filter).limit(3).toArray();
        return documents.map(
          (document) => `unfinished in ${name}: ${JSON.stringify(document).slice(0, 1_000)}`,
        );
      }),
    );
    if (left.flat().length === 0 && wentOn === 0) return [];
    if (performance.now() > deadline) return left.flat();
    await delay(DRAIN_POLL_MS);
  }
}
