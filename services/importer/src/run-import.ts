import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, describeError, LeaseLost, SECOND_MS, traced } from '@mentorline/runtime';
import { type Import, type ImportEvent, isUnavailable, newId } from '@mentorline/store';
import { CheckpointMoved } from './commit-chunk.ts';
import { completeImport, failImport } from './end-import.ts';
import { holdWork, LeaveOff, watchForCancel, watchForTurn } from './hold-work.ts';
import { type ClaimedDeps, type ImportDeps, TRANSACTIONS_SIDE_BY_SIDE } from './import-deps.ts';
import type { ImporterMetrics } from './metrics.ts';
import { stageImport } from './stage-import.ts';
import { workShard } from './work-shard.ts';
import { writeReportFile } from './write-report-file.ts';

const RETRY_STEP_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** Workers lost one after the other while they read the file or wrote the report: it is no accident any more. */
const MOST_STALLS = 10;
const WAIT_FOR_OTHERS_MS = 200;
const CANDIDATES = 20;

/**
 * Takes the import whose turn it is as far as it goes: claim, staging, applying, reporting, the mail. Wherever an
 * earlier worker left off, this one goes on; where there is none to take, nothing happens.
 * Does not throw for what may pass: the import goes back with a waiting time, and the dispatcher calls again.
 */
export async function runNextImport(deps: ImportDeps, stop: AbortSignal): Promise<void> {
  const { store } = deps;
  const owner = newId();
  const transactions = store.openTransactionPool(TRANSACTIONS_SIDE_BY_SIDE);
  try {
    const claimed = await claimNext({ ...deps, transactions }, owner);
    if (!claimed) return;
    const { id: importId, attempts: attempt, cause } = claimed;
    const logger = deps.logger.child({ importId, requestId: cause?.requestId, attempt });
    logger.info({ status: claimed.status }, 'import claimed');
    noteClaim(deps.metrics, claimed);
    try {
      await traced(
        'import',
        {
          of: cause?.trace ?? null,
          attributes: { 'mentorline.import': importId, 'mentorline.attempt': attempt },
        },
        () =>
          deps.activity.during('import', importId, () =>
            runClaimed({ ...deps, logger, transactions }, claimed, owner, stop),
          ),
      );
    } finally {
      await store.turns.endTurn(claimed.organisationId, owner).catch(() => {});
    }
    // The place is free now: whoever waited for it need not wait for the next sweep.
    const [next] = await store.imports.listWaitingImports(1);
    if (next) await deps.queues.enqueue('run-import', { importId: next.id }, next.attempts, 0, next.trace);
  } finally {
    await transactions.close();
  }
}

async function claimNext(deps: ClaimedDeps, owner: string): Promise<Import | undefined> {
  const { store, config, transactions } = deps;
  const leaseMs = config.IMPORT_LEASE_MS;
  for (const { id, organisationId, cancelRequestedAt } of await store.imports.listWaitingImports(
    CANDIDATES,
  )) {
    // One that is to be cancelled takes nobody's place.
    if (!cancelRequestedAt && !(await store.turns.takeTurn(organisationId, owner, leaseMs))) continue;
    const claimed = await store.imports.claimImport(id, owner, leaseMs, transactions, deps.processId);
    if (claimed) return claimed;
    await store.turns.endTurn(organisationId, owner);
  }
  return undefined;
}

/** Works on a claimed import while its lease is held, and gives it back if it does not end. */
async function runClaimed(
  deps: ClaimedDeps,
  claimed: Import,
  owner: string,
  stop: AbortSignal,
): Promise<void> {
  const { logger, store, metrics } = deps;
  const leaseMs = deps.config.IMPORT_LEASE_MS;
  const renew = async (): Promise<boolean> => {
    await store.turns.renewTurn(claimed.organisationId, owner, leaseMs);
    return store.imports.renewImportLease(claimed.id, owner, leaseMs);
  };
  try {
    for (let input = claimed; ; input = (await store.imports.findImport(claimed.id))!) {
      const watch = watchForCancel(deps, input);
      try {
        await holdWork(deps, { renew, watch, stop }, (signal) => advance(deps, input, owner, signal));
        return;
      } catch (error) {
        // The same worker sees to it that the import is cancelled.
        if (!(error instanceof LeaveOff && error.why === 'cancel')) throw error;
      }
    }
  } catch (error) {
    const inOrder = stop.aborted || error instanceof LeaveOff;
    if (error instanceof LeaveOff) logger.info({ reason: error.message }, 'import put back');
    else if (error instanceof LeaseLost || error instanceof CheckpointMoved) {
      logger.warn({ reason: error.message }, 'another worker has taken the import over');
      metrics.interruptions.inc({ reason: 'taken-over' });
    } else if (!stop.aborted) {
      logger[isUnavailable(error) ? 'warn' : 'error']({ err: error }, 'import interrupted');
      metrics.interruptions.inc({ reason: 'error' });
    }
    const retryMs = inOrder ? 0 : Math.min(RETRY_STEP_MS * claimed.attempts, LONGEST_RETRY_MS);
    // Should MongoDB be away the lease runs out by itself; should another hold it this does nothing.
    await store.imports.releaseImport(claimed.id, owner, retryMs, whyLeft(error, stop)).catch(() => {});
  }
}

/** What operators are told of an import that its worker leaves unfinished. */
function whyLeft(thrown: unknown, stop: AbortSignal): Pick<ImportEvent, 'what' | 'reason' | 'error'> {
  if (thrown instanceof LeaveOff) return { what: 'put-back', reason: thrown.why };
  if (stop.aborted) return { what: 'put-back', reason: 'stopping' };
  const error = describeError(thrown);
  return { what: 'interrupted', ...(error ? { error } : {}) };
}

/** One step for each state, in the order of the state table. */
async function advance(deps: ClaimedDeps, input: Import, owner: string, signal: AbortSignal): Promise<void> {
  const { imports } = deps.store;
  const { id } = input;
  const reload = async (): Promise<Import> => (await imports.findImport(id))!;
  let { status } = input;
  try {
    if (input.stalls >= MOST_STALLS && status !== 'applying') {
      throw new AppError(
        'INTERNAL_ERROR',
        'The import could not be processed because of a fault on our side',
      );
    }
    if (status === 'queued' || status === 'staging') {
      if (status === 'queued')
        require(await imports.moveImport(id, owner, { from: status, to: 'staging' }, {}));
      status = 'staging';
      const staged = await inStage(deps, status, () => stageImport(deps, input, signal));
      require(await imports.beginApplying(deps.transactions, id, owner, staged));
      status = 'applying';
    }
    if (status === 'applying') {
      await inStage(deps, status, async () => {
        await applyShards(deps, await reload(), owner, signal);
        await requireAllResults(deps, await reload());
      });
      require(await imports.moveImport(id, owner, { from: status, to: 'reporting' }, {}));
      status = 'reporting';
    }
    const applied = await reload();
    await inStage(deps, status, async () => {
      await completeImport(deps, applied, owner, await writeReportFile(deps, applied, signal));
    });
  } catch (error) {
    // What an AppError says stays true however often it is tried.
    if (!(error instanceof AppError) || signal.aborted) throw error;
    await failImport(deps, await reload(), owner, error);
  }
}

/** Works on the import's shards until all are done, by this worker or by others. */
async function applyShards(
  deps: ClaimedDeps,
  input: Import,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, queues } = deps;
  for (let shard = 1; shard < input.shards; shard += 1) {
    await queues.enqueue('run-shard', { importId: input.id, shard }, 0);
  }
  const mayStay = async (): Promise<boolean> => (await store.turns.longestRunning()) !== owner;
  const watch = watchForTurn(deps, input, mayStay);
  for (;;) {
    if (await workShard(deps, input, owner, signal, watch)) continue;
    if ((await store.shards.countUnfinished(input.id)) === 0) return;
    await sleep(WAIT_FOR_OTHERS_MS, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
  }
}

async function inStage<Result>(
  { metrics }: Pick<ImportDeps, 'metrics'>,
  stage: Import['status'],
  work: () => Promise<Result>,
): Promise<Result> {
  const ended = metrics.stage.startTimer({ stage });
  const result = await traced(stage, {}, work);
  ended();
  return result;
}

function noteClaim({ waited, interruptions }: ImporterMetrics, claimed: Import): void {
  if (claimed.attempts === 1) waited.observe((Date.now() - claimed.acceptedAt.getTime()) / SECOND_MS);
  if (claimed.stalls > 0) interruptions.inc({ reason: 'importer-lost' });
}

function require(held: boolean): void {
  if (!held) throw new LeaseLost();
}

/** An import is never called complete on trust. */
async function requireAllResults(deps: ClaimedDeps, input: Import): Promise<void> {
  const rows = await deps.store.imports.countRows(input.id);
  const results = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (results === input.rowsTotal) return;
  deps.logger.error({ results, rowsTotal: input.rowsTotal }, 'rows and results differ in number');
  throw new AppError('INTERNAL_ERROR', 'Not every row could be processed because of a fault on our side');
}
