import type { JobQueues, QueueName } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import type { Actor, Dismissed, Import, ImportLook, Store, Transaction } from '@mentorline/store';
import { type Refusals, sendAgain } from '../mails/send-again.ts';
import { obstacleToRetry } from './dead-letters.ts';

export interface RepairDeps {
  store: Store;
  queues: JobQueues;
  now: () => Date;
}

/** An operator at work. */
export type Operator = Actor & { userId: string };

/**
 * Takes a stuck import away from the importer that has it; another goes on from its checkpoints.
 * @throws AppError NOT_FOUND, IMPORT_ENDED
 */
export async function releaseImport(deps: RepairDeps, actor: Operator, id: string): Promise<void> {
  const { store, queues, now } = deps;
  const { organisationId, attempts } = await findLook(store, id);
  const at = now();
  await store.transaction(async (transaction) => {
    if (!(await store.imports.takeAway(transaction, id, actor.userId, at))) throw ended();
    await note(deps, transaction, actor, { action: 'import.released', id, organisationId, at });
  });
  await queues.enqueue('run-import', { importId: id }, attempts);
}

/**
 * Asks for an import to stop, as its own people could; asking again does no harm.
 * @throws AppError NOT_FOUND, IMPORT_ENDED
 */
export async function stopImport(deps: RepairDeps, actor: Operator, id: string): Promise<void> {
  const { store, queues, now } = deps;
  const { organisationId, status } = await findLook(store, id);
  const at = now();
  const asked = await store.imports.cancelImport(
    id,
    at,
    (transaction) => note(deps, transaction, actor, { action: 'import.cancelled', id, organisationId, at }),
    actor.userId,
  );
  if (asked) await queues.enqueue('run-import', { importId: id }, asked.attempts);
  else if (status !== 'cancelled') throw ended();
}

/**
 * Tries an import that gave up once more, as an import of its own. What this returns will end, like an upload.
 * @throws AppError NOT_FOUND, RETRY_NOT_POSSIBLE with the reason
 */
export async function retryImport(deps: RepairDeps, actor: Operator, id: string): Promise<Import> {
  const { store, queues, now } = deps;
  const look = await findLook(store, id);
  const obstacle = obstacleToRetry(look);
  if (obstacle) throw new AppError('RETRY_NOT_POSSIBLE', obstacle);
  const failed = (await store.imports.findImport(id))!;
  const at = now();
  const retry = await store.transaction(async (transaction) => {
    const accepted = await store.imports.acceptRetry(transaction, failed, actor.userId, at);
    if (!accepted)
      throw new AppError('RETRY_NOT_POSSIBLE', 'The import has just been retried by somebody else');
    const { organisationId } = look;
    await note(deps, transaction, actor, { action: 'import.retried', id: accepted.id, organisationId, at });
    return accepted;
  });
  await queues.enqueue('run-import', { importId: retry.id }, 0);
  return retry;
}

const REFUSALS: Refusals = {
  missing: ['NOT_FOUND', 'There is no such mail'],
  'not-failed': ['RETRY_NOT_POSSIBLE', 'The mail has not failed: it is sent, or tried still'],
  outdated: [
    'RETRY_NOT_POSSIBLE',
    'What the mail tells is over, has been told anew since, or has left the outbox with it; an invitation or a reset is asked for anew',
  ],
  suppressed: [
    'RETRY_NOT_POSSIBLE',
    'Whoever reads mails at its address wants no reminders; its organisation lifts that at /v1/suppressions',
  ],
};

/**
 * Lets a mail that was given up wait to be sent again, as the same mail.
 * @throws AppError NOT_FOUND, RETRY_NOT_POSSIBLE with the reason
 */
export async function sendMailAgain(deps: RepairDeps, actor: Operator, id: string): Promise<void> {
  await sendAgain(deps, id, {
    refusals: REFUSALS,
    note(transaction, { organisationId }, at) {
      const write = { at, action: 'mail.sent-again', target: { kind: 'mail', id } };
      return deps.store.audit.noteOperatorAct(transaction, actor, write, organisationId);
    },
  });
}

/**
 * Puts aside what was given up: it is no longer among what needs attention. It may still be tried again; doing it twice
 * does no harm.
 * @throws AppError NOT_FOUND, NOT_GIVEN_UP
 */
export async function dismissLetter(
  { store, now }: RepairDeps,
  actor: Operator,
  { kind, id }: { kind: 'import' | 'mail'; id: string },
): Promise<void> {
  const at = now();
  await store.transaction(async (transaction) => {
    const dismissed: Dismissed =
      kind === 'import'
        ? await store.letters.dismissImport(transaction, id, actor.userId, at)
        : await store.letters.dismissMail(transaction, id, at);
    if (dismissed.outcome === 'missing') throw new AppError('NOT_FOUND', `There is no such ${kind}`);
    if (dismissed.outcome === 'not-failed') {
      throw new AppError('NOT_GIVEN_UP', `The ${kind} was not given up, or has been retried`);
    }
    if (dismissed.outcome !== 'dismissed') return;
    const write = { at, action: `${kind}.dismissed`, target: { kind, id } };
    await store.audit.noteOperatorAct(transaction, actor, write, dismissed.organisationId);
  });
}

/**
 * Keeps a queue from being worked off, or lets it be again. What runs goes on to its end.
 * @throws AppError UNAVAILABLE when Redis does not answer. Where it was not even asked nothing is noted, and nothing
 *   happens later either
 */
export async function setQueuePaused(
  { store, queues, now }: RepairDeps,
  actor: Operator,
  { name, paused }: { name: QueueName; paused: boolean },
): Promise<void> {
  const action = paused ? 'queue.paused' : 'queue.resumed';
  const outcome = await store.transaction(async (transaction) => {
    await store.audit.noteOperatorAct(transaction, actor, {
      ...{ at: now(), action, target: { kind: 'queue', id: name } },
    });
    // Before the entry is committed: there is none of what did not happen. Doing it twice does no harm.
    const done = await queues.setPaused(name, paused);
    if (done === 'away') {
      throw new AppError(
        'UNAVAILABLE',
        'Redis does not answer, and nothing was changed; try again when it is back',
      );
    }
    return done;
  });
  // It may have happened, so it stays noted.
  if (outcome === 'unanswered') {
    throw new AppError(
      'UNAVAILABLE',
      'Redis was asked, and did not answer in time; the overview says whether the queue is paused',
    );
  }
}

/**
 * Asks a process to take no new work, before it is stopped, or to take work again; or all of a service that are there now,
 * before a deploy: those that it starts are not asked.
 * @throws AppError NOT_FOUND, for a gateway too: whoever stands before it takes it out
 */
export async function setDraining(
  { store, now }: RepairDeps,
  actor: Operator,
  which: { id: string } | { service: string },
  draining: boolean,
): Promise<void> {
  const at = now();
  const action = draining ? 'process.drained' : 'process.undrained';
  await store.transaction(async (transaction) => {
    const asked = await store.heartbeats.askToDrain(transaction, which, draining ? at : null);
    if (asked.length === 0) throw new AppError('NOT_FOUND', 'There is no such process that can be drained');
    for (const { id, service } of asked) {
      await store.audit.noteOperatorAct(transaction, actor, { at, action, target: { kind: service, id } });
    }
  });
}

async function findLook({ looks }: Store, id: string): Promise<ImportLook> {
  const look = await looks.lookAtImport(id);
  if (!look) throw new AppError('NOT_FOUND', 'There is no such import');
  return look;
}

function note(
  { store }: RepairDeps,
  transaction: Transaction,
  actor: Operator,
  act: { action: string; id: string; organisationId: string; at: Date },
): Promise<void> {
  const { action, id, organisationId, at } = act;
  const write = { at, action, target: { kind: 'import', id } };
  return store.audit.noteOperatorAct(transaction, actor, write, organisationId);
}

function ended(): AppError {
  return new AppError('IMPORT_ENDED', 'The import has ended already');
}
