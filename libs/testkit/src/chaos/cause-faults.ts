import { setTimeout as delay } from 'node:timers/promises';
import { connectRedis } from '@mentorline/jobs';
import type { Cable } from '../cable.ts';
import type { OwnMongod } from '../own-mongod.ts';
import type { OwnRedis } from '../own-redis.ts';
import { oneOf, type Random } from '../random-numbers.ts';
import type { RunningSuite, ServiceName } from '../run-suite.ts';
import { countIn, type Tally } from './tally.ts';

const SERVICES: readonly ServiceName[] = [
  ...(['api', 'second api', 'importer', 'second importer', 'notifier', 'second notifier'] as const),
];
const REFUSALS = [421, 450, 451, 452] as const;
export const REFUSAL_FOR_GOOD = 554;

export interface Victims {
  suite: RunningSuite;
  mongod: OwnMongod;
  redis: OwnRedis;
  cables: Readonly<Record<'MongoDB' | 'Redis' | 'the relay', Cable>>;
  relay: {
    /** What it answers at a step instead of taking mails. */
    refusal: { step: 'greeting' | 'recipient' | 'message'; code: number } | undefined;
    /** Called when it has stored a mail, before it says so. */
    onStored: (() => void) | undefined;
  };
}

interface FaultDeps {
  victims: Victims;
  random: Random;
  tally: Tally;
}

/** Causes one and resolves when it has passed, with what it was. */
type Fault = (deps: FaultDeps) => Promise<string>;

/** More than once: more often. */
const OF_PROCESSES: readonly Fault[] = [kill, kill, kill, stop, standStill];
const OF_SERVERS: readonly Fault[] = [
  ...[restartMongodb, restartRedis, emptyRedis, emptyRedis],
  ...[cutCable, cutCable, silenceCable, silenceCable, refuseMails, refuseForGood, loseAnswer],
];

/** Two streams of faults at the same time, until it is over. Whatever was broken is whole again then. */
export async function causeFaults(deps: FaultDeps, over: AbortSignal): Promise<void> {
  const causing = async (faults: readonly Fault[], longestPauseMs: number): Promise<void> => {
    while (!over.aborted) {
      await delay(deps.random(longestPauseMs));
      if (over.aborted) return;
      countIn(deps.tally.faults, await oneOf(deps.random, faults)(deps));
    }
  };
  await Promise.all([causing(OF_PROCESSES, 8_000), causing(OF_SERVERS, 5_000)]);
}

function someService({ victims: { suite }, random }: FaultDeps): ServiceName | undefined {
  const up = SERVICES.filter((name) => suite.isUp(name));
  return up.length > 0 ? oneOf(random, up) : undefined;
}

async function kill(deps: FaultDeps): Promise<string> {
  const name = someService(deps);
  if (!name) return 'nobody there to kill';
  await deps.victims.suite.kill(name);
  return `kill -9 of ${programOf(name)}`;
}

async function stop(deps: FaultDeps): Promise<string> {
  const name = someService(deps);
  if (!name) return 'nobody there to stop';
  await deps.victims.suite.stop(name);
  return `SIGTERM to ${programOf(name)}`;
}

/** As a machine that is suspended, past every lease. */
async function standStill(deps: FaultDeps): Promise<string> {
  const name = someService(deps);
  if (!name) return 'nobody there to stand still';
  const pid = deps.victims.suite.pid(name);
  process.kill(pid, 'SIGSTOP');
  await delay(500 + deps.random(4_000));
  process.kill(pid, 'SIGCONT');
  return `${programOf(name)} stood still`;
}

function programOf(name: ServiceName): string {
  return `an ${name}`.replace('second ', '').replace('an notifier', 'a notifier');
}

async function restartMongodb({ victims: { mongod }, random }: FaultDeps): Promise<string> {
  await mongod.stop();
  await delay(random(2_000));
  await mongod.start();
  return 'kill -9 of MongoDB';
}

async function restartRedis({ victims: { redis } }: FaultDeps): Promise<string> {
  await redis.restart({ keepData: true });
  return 'kill -9 of Redis';
}

async function emptyRedis({ victims: { redis } }: FaultDeps): Promise<string> {
  const connection = connectRedis({ redisUrl: redis.url, prefix: '' });
  await connection.flushall();
  connection.disconnect();
  return 'Redis emptied';
}

async function cutCable({ victims: { cables }, random }: FaultDeps): Promise<string> {
  const [name, cable] = oneOf(random, Object.entries(cables));
  cable.cut();
  await delay(random(2_000));
  cable.mend();
  return `network to ${name} cut`;
}

/** What was under way arrives late, or never. */
async function silenceCable({ victims: { cables }, random }: FaultDeps): Promise<string> {
  const [name, cable] = oneOf(random, Object.entries(cables));
  cable.silence();
  await delay(random(4_000));
  if (random(2) === 0) cable.cut();
  cable.mend();
  return `network to ${name} silent`;
}

async function refuseMails({ victims: { relay }, random }: FaultDeps): Promise<string> {
  relay.refusal = {
    step: oneOf(random, ['greeting', 'recipient', 'message']),
    code: oneOf(random, REFUSALS),
  };
  await delay(random(3_000));
  relay.refusal = undefined;
  return 'relay answers 4xx';
}

/** Mails are given up for it, until an operator sends them again. */
async function refuseForGood({ victims: { relay }, random }: FaultDeps): Promise<string> {
  relay.refusal = { step: 'message', code: REFUSAL_FOR_GOOD };
  await delay(random(1_500));
  relay.refusal = undefined;
  return 'relay answers 5xx';
}

/** The relay has the mail, and the notifier does not learn of it. */
async function loseAnswer({ victims: { relay, cables } }: FaultDeps): Promise<string> {
  const cable = cables['the relay'];
  const isStored = new Promise<boolean>((resolve) => {
    relay.onStored = () => {
      cable.cut();
      resolve(true);
    };
  });
  const came = await Promise.race([isStored, delay(1_500, false)]);
  relay.onStored = undefined;
  cable.mend();
  return came ? 'answer of the relay lost' : 'no mail came whose answer could be lost';
}
