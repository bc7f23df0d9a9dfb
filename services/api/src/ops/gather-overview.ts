import { type JobQueues, judgeRedis } from '@mentorline/jobs';
import { DAY_MS, SECOND_MS } from '@mentorline/runtime';
import type { Heartbeat, ImportLook, MailLook, PartitionLook, Store } from '@mentorline/store';
import { utcText } from '../http/utc-text.ts';
import { FAULTS_OF_OURS } from './dead-letters.ts';
import { findRunning } from './find-running.ts';
import { judgeLimits } from './judge-limits.ts';
import { judgeMongodb } from './judge-mongodb.ts';
import { withoutAddresses } from './mail-view.ts';
import { needsAttention } from './needs-attention.ts';
import type { Overview, ProcessView, RunningView } from './overview-view.ts';
import { SILENT_AFTER_MS, type Surroundings, WAITS, whyWaiting } from './why-waiting.ts';

export interface LookDeps {
  store: Store;
  queues: JobQueues;
  now: () => Date;
}

/** Everything that operators see at a glance. It answers while Redis is away, and says so. */
export async function gatherOverview({ store, queues, now }: LookDeps): Promise<Overview> {
  const at = now();
  const dayAgo = new Date(at.getTime() - DAY_MS);
  const { looks, heartbeats, leases } = store;
  const [
    beats,
    queueStates,
    redis,
    mongodb,
    running,
    failedByUs,
    importCounts,
    mailCounts,
    givenUp,
    oldestDueAt,
    retried,
    roles,
  ] = await Promise.all([
    heartbeats.listHeartbeats(),
    queues.look(),
    queues.lookAtRedis(),
    looks.lookAtMongodb(),
    findRunning(store, at),
    looks.countFailedImports(FAULTS_OF_OURS),
    looks.countImports(dayAgo),
    looks.countMails(),
    looks.countFailedMails(),
    looks.oldestDueAt(),
    looks.lookAtRetried(),
    leases.listRoles(),
  ]);
  const secondsSince = (time: Date): number =>
    Math.max(0, Math.floor((at.getTime() - time.getTime()) / SECOND_MS));
  const perMinute = sumPerMinute(beats);
  const overview: Omit<Overview, 'attention'> = {
    at: utcText(at),
    processes: beats.map(presentProcess),
    queues:
      queueStates?.map(({ oldestWaitingAt, concurrency, rateLimit, ...state }) => ({
        ...state,
        limits: {
          ...{ concurrency, rate: rateLimit },
          judgements: judgeLimits({ ...state, concurrency, rateLimit }),
        },
        oldestWaitingSeconds: oldestWaitingAt && secondsSince(oldestWaitingAt),
        jobsPerMinute: perMinute(state.name),
      })) ?? null,
    rowsPerMinute: perMinute('rows'),
    imports: {
      counts: importCounts,
      running: await presentRunning(store, running, {
        beats,
        at,
        queuePaused: queueStates?.find(({ name }) => name === 'imports')?.paused,
      }),
      failedByUs: failedByUs.count,
    },
    mails: {
      ...{ counts: mailCounts, givenUp },
      oldestDueSeconds: oldestDueAt && secondsSince(oldestDueAt),
      retried: {
        ...retried.total,
        longest: retried.longest && presentRetried(retried.longest, secondsSince),
      },
    },
    roles: roles
      .filter(({ leaseMs }) => leaseMs > 0)
      .map(({ role, owner, leaseMs }) => ({
        ...{ role, heldBy: nameProcess(beats, owner), leaseSeconds: Math.ceil(leaseMs / SECOND_MS) },
      })),
    redis: {
      reachable: redis !== undefined,
      version: redis?.version ?? null,
      judgements: judgeRedis(redis),
    },
    mongodb: { version: mongodb.version, judgements: judgeMongodb(mongodb) },
  };
  return { ...overview, attention: needsAttention(overview) };
}

function presentRetried(mail: MailLook, secondsSince: (time: Date) => number) {
  const { id, kind, attempts, date, triedSince, firstTriedAt, nextAttemptAt, lastError } = mail;
  return {
    ...{ id, kind, attempts },
    triedForSeconds: secondsSince(firstTriedAt ?? triedSince ?? date),
    nextAttemptAt: utcText(nextAttemptAt),
    lastError: withoutAddresses(lastError ?? ''),
  };
}

/** Imports that have not ended, with how far they have come and why they wait. */
export async function presentRunning(
  store: Pick<Store, 'looks' | 'organisations'>,
  running: readonly ImportLook[],
  { beats, at, queuePaused }: { beats: readonly Heartbeat[]; at: Date; queuePaused: boolean | undefined },
): Promise<RunningView[]> {
  const organisationIds = [...new Set(running.map(({ organisationId }) => organisationId))];
  const [partitions, withoutPlace, organisations] = await Promise.all([
    store.looks.lookAtPartitions(running.map(({ id }) => id)),
    store.looks.organisationsWithoutPlace(organisationIds),
    store.organisations.namesOf(organisationIds),
  ]);
  const importers = beats.filter(({ service }) => service === 'importer');
  return running.map((one) => {
    const { id, organisationId, kind, mode, status, acceptedAt, attempts, stalls, rowsTotal } = one;
    const ofImport = partitions.get(id) ?? [];
    const hasNoPlace = withoutPlace.has(organisationId);
    const surroundings: Surroundings = { importers, queuePaused, hasNoPlace };
    const why = whyWaiting(one, surroundings);
    const progressAt = lastProgress(one, ofImport);
    const holder = importers.find(({ busy }) =>
      busy.some((task) => task.kind === 'import' && task.id === id),
    );
    return {
      ...{ id, kind, mode, status, attempts, stalls, rowsTotal },
      organisation: { id: organisationId, name: organisations.get(organisationId) ?? '' },
      acceptedAt: utcText(acceptedAt),
      rowsDone: ofImport.reduce((sum, { rows }) => sum + rows, 0),
      checkpoints: ofImport.map(({ lastRow }) => lastRow),
      lastProgressAt: utcText(progressAt),
      waitingSeconds: Math.max(0, Math.floor((at.getTime() - progressAt.getTime()) / SECOND_MS)),
      waits: { why, text: WAITS[why] },
      heldBy: holder ? nameOf(holder) : null,
    };
  });
}

function lastProgress(
  { acceptedAt, startedAt, cancelRequestedAt }: ImportLook,
  partitions: readonly PartitionLook[],
): Date {
  const times = [acceptedAt, startedAt, cancelRequestedAt, ...partitions.map(({ movedAt }) => movedAt)];
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)));
}

function presentProcess(beat: Heartbeat): ProcessView {
  const { id, service, version, host, pid, since, silentMs, draining, busy, perMinute, relay } = beat;
  return {
    ...{ id, service, version, host, pid, perMinute },
    since: utcText(since),
    state: stateOf(beat),
    silentSeconds: Math.max(0, Math.floor(silentMs / SECOND_MS)),
    canDrain: draining !== null,
    relay: relay ? { ...relay, since: utcText(relay.since) } : null,
    busy: busy.map((task) => ({ kind: task.kind, id: task.id, since: utcText(task.since) })),
  };
}

function stateOf({ silentMs, draining, drainRequestedAt, busy }: Heartbeat): ProcessView['state'] {
  if (silentMs >= SILENT_AFTER_MS) return 'silent';
  // Asked, but it has not heard yet: it may still take something.
  if (drainRequestedAt || draining) return draining && busy.length === 0 ? 'drained' : 'draining';
  return busy.length > 0 ? 'busy' : 'idle';
}

/** How people tell processes apart. */
function nameOf({ service, host, pid }: Pick<Heartbeat, 'service' | 'host' | 'pid'>): string {
  return `${service} on ${host} (${pid})`;
}

/** One that is gone is named by its id. */
export function nameProcess(beats: readonly Heartbeat[], id: string): string {
  const found = beats.find((beat) => beat.id === id);
  return found ? nameOf(found) : id;
}

function sumPerMinute(beats: readonly Heartbeat[]): (what: string) => number {
  const alive = beats.filter(({ silentMs }) => silentMs < SILENT_AFTER_MS);
  return (what) => alive.reduce((sum, { perMinute }) => sum + (perMinute[what] ?? 0), 0);
}
