import { setTimeout as delay } from 'node:timers/promises';
import { oneOf, type Random } from '../random-numbers.ts';
import type { Send } from './send-until-answered.ts';
import { countIn, type Tally } from './tally.ts';

const LONGEST_PAUSE_MS = 2_000;
const LONGEST_HOLD_MS = 3_000;
/** What fails so often has another reason than the relay's bad day. */
const MOST_TIMES_SENT_AGAIN = 3;

interface Overview {
  processes: { id: string; service: string; state: string }[];
  queues: { name: string; paused: boolean }[] | null;
  imports: { running: { id: string }[] };
}

interface DeadLetters {
  imports: { id: string; retry: boolean }[];
  mails: { id: string; retry: boolean }[];
}

export interface OperatorDeps {
  /** As an operator. */
  send: Send;
  random: Random;
  tally: Tally;
  complain: (what: string) => void;
}

/** Does something at random to what there is. */
type Act = (deps: OperatorDeps) => Promise<void>;

const ACTS: readonly Act[] = [pauseQueue, drainProcess, releaseImport, mendDeadLetters, mendDeadLetters];

/**
 * Does until it is over what an operator may, for no reason but chance: pauses and resumes queues, drains processes,
 * takes imports away from their importers, retries what has failed and sends mails again.
 */
export async function operate(deps: OperatorDeps, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await delay(deps.random(LONGEST_PAUSE_MS));
    if (!over.aborted) await oneOf(deps.random, ACTS)(deps);
  }
}

/**
 * As an operator who wants everything to come to its end.
 * @returns finds what is held up or was given up, and sets it going; tells how much that was
 */
export function setAllGoing(deps: OperatorDeps): () => Promise<number> {
  const timesSent = new Map<string, number>();
  return async () => {
    const { queues, processes } = await look(deps);
    const paused = (queues ?? []).filter(({ paused }) => paused);
    const drained = processes.filter(({ state }) => state === 'draining' || state === 'drained');
    const { mails } = await readDeadLetters(deps);
    const given = mails.filter(({ id, retry }) => retry && (timesSent.get(id) ?? 0) < MOST_TIMES_SENT_AGAIN);
    for (const { name } of paused) await act(deps, 'queues resumed', `queues/${name}/resume`, 204);
    for (const { id } of drained)
      await act(deps, 'processes let work again', `processes/${id}/undrain`, 204, 404);
    for (const { id } of given) {
      timesSent.set(id, (timesSent.get(id) ?? 0) + 1);
      await act(deps, 'mails sent again', `mails/${id}/send-again`, 202, 409);
    }
    return paused.length + drained.length + given.length;
  };
}

async function pauseQueue(deps: OperatorDeps): Promise<void> {
  const name = oneOf(deps.random, ['imports', 'mails']);
  await act(deps, 'queues paused', `queues/${name}/pause`, 204);
  await delay(deps.random(LONGEST_HOLD_MS));
  await act(deps, 'queues resumed', `queues/${name}/resume`, 204);
}

async function drainProcess(deps: OperatorDeps): Promise<void> {
  const { processes } = await look(deps);
  const workers = processes.filter(({ service, state }) => service !== 'api' && state !== 'silent');
  if (workers.length === 0) return;
  const { id } = oneOf(deps.random, workers);
  // It may have ended in order meanwhile.
  await act(deps, 'processes drained', `processes/${id}/drain`, 204, 404);
  await delay(deps.random(LONGEST_HOLD_MS));
  await act(deps, 'processes let work again', `processes/${id}/undrain`, 204, 404);
}

async function releaseImport(deps: OperatorDeps): Promise<void> {
  const { running } = (await look(deps)).imports;
  if (running.length === 0) return;
  const { id } = oneOf(deps.random, running);
  await act(deps, 'imports released', `imports/${id}/release`, 202, 409);
}

async function mendDeadLetters(deps: OperatorDeps): Promise<void> {
  const { imports, mails } = await readDeadLetters(deps);
  const [failed] = imports.filter(({ retry }) => retry);
  if (failed) await act(deps, 'imports retried', `imports/${failed.id}/retry`, 202, 409);
  const [given] = mails.filter(({ retry }) => retry);
  if (given) await act(deps, 'mails sent again', `mails/${given.id}/send-again`, 202, 409);
}

async function look({ send }: OperatorDeps): Promise<Overview> {
  return (await send({ method: 'GET', path: '/v1/ops/overview' })).body as unknown as Overview;
}

async function readDeadLetters({ send }: OperatorDeps): Promise<DeadLetters> {
  const { body } = await send({ method: 'GET', path: '/v1/ops/dead-letters?limit=100' });
  return body as unknown as DeadLetters;
}

/** @param expected the first of them is that it was done */
async function act(
  { send, tally, complain }: OperatorDeps,
  what: string,
  path: string,
  ...expected: [number, ...number[]]
): Promise<void> {
  const answer = await send({ method: 'POST', path: `/v1/ops/${path}` });
  if (answer.status === expected[0]) countIn(tally.acts, what);
  else if (!expected.includes(answer.status))
    complain(`${what}: answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
}
