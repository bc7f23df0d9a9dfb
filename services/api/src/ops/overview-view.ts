import { IMPORT_STATUSES, type ImportStatus, MAIL_STATES, type MailState } from '@mentorline/domain';
import { QUEUE_NAMES } from '@mentorline/jobs';
import { type Static, type TSchema, Type } from 'typebox';
import { WAITS, type Wait } from './why-waiting.ts';

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: 'date-time' });
const Count = Type.Object({
  count: Type.Integer({ minimum: 0 }),
  isExact: Type.Boolean({ description: 'false: about, or at least, so many' }),
});

const WaitView = Type.Object({
  why: Type.Enum(Object.keys(WAITS) as Wait[]),
  text: Type.String(),
});

export const ProcessView = Type.Object(
  {
    id: Type.String(),
    service: Type.String(),
    version: Type.String(),
    host: Type.String(),
    pid: Type.Integer(),
    since: Time,
    state: Type.Enum(['idle', 'busy', 'draining', 'drained', 'silent']),
    silentSeconds: Type.Integer({ minimum: 0, description: 'since it was last heard of' }),
    canDrain: Type.Boolean(),
    busy: Type.Array(Type.Object({ kind: Type.String(), id: Type.String(), since: Time })),
    relay: Nullable(
      Type.Object({
        works: Type.Boolean(),
        since: Time,
        error: Nullable(Type.String({ description: 'a code of SMTP or of the network' })),
      }),
    ),
    perMinute: Type.Record(Type.String(), Type.Integer(), { description: 'what it did in the last minute' }),
  },
  { title: 'OpsProcess' },
);
export type ProcessView = Static<typeof ProcessView>;

export const RunningView = Type.Object({
  id: Type.String(),
  organisation: Type.Object({ id: Type.String(), name: Type.String() }),
  kind: Type.String(),
  mode: Type.String(),
  status: Type.Enum([...IMPORT_STATUSES]),
  acceptedAt: Time,
  attempts: Type.Integer(),
  stalls: Type.Integer({ description: 'workers lost with it, one after the other' }),
  rowsTotal: Nullable(Type.Integer()),
  rowsDone: Type.Integer(),
  checkpoints: Type.Array(Type.Integer(), { description: 'of each partition: its last row with a result' }),
  lastProgressAt: Time,
  waitingSeconds: Type.Integer({ minimum: 0, description: 'since its last progress' }),
  waits: WaitView,
  heldBy: Nullable(Type.String({ description: 'the process that works on it, as far as it is known' })),
});
export type RunningView = Static<typeof RunningView>;

const JudgementView = Type.Object({
  level: Type.Enum(['ok', 'unknown', 'warning', 'critical']),
  text: Type.String(),
});

const QueueView = Type.Object({
  name: Type.Enum([...QUEUE_NAMES]),
  paused: Type.Boolean(),
  waiting: Type.Integer(),
  active: Type.Integer(),
  failed: Type.Integer(),
  oldestWaitingSeconds: Nullable(Type.Integer()),
  jobsPerMinute: Type.Integer(),
  limits: Type.Object(
    {
      concurrency: Nullable(Type.Integer()),
      rate: Nullable(Type.Object({ max: Type.Integer(), durationMs: Type.Integer() })),
      judgements: Type.Array(JudgementView),
    },
    { description: 'for all processes together, as somebody has set them on the queue board' },
  ),
});

const RetriedView = Type.Object(
  {
    id: Type.String(),
    kind: Type.String(),
    attempts: Type.Integer(),
    triedForSeconds: Type.Integer({ minimum: 0 }),
    nextAttemptAt: Time,
    lastError: Type.String({ description: 'what the relay or the network said, without addresses' }),
  },
  { description: 'the one that was tried most often' },
);

const AttentionView = Type.Object({
  severity: Type.Enum(['critical', 'warning']),
  message: Type.String(),
  target: Nullable(
    Type.Object({
      kind: Type.Enum(['import', 'process', 'queue', 'mails', 'dead-letters']),
      id: Type.String(),
    }),
  ),
});

export const OverviewView = Type.Object(
  {
    at: Time,
    attention: Type.Array(AttentionView, { description: 'what somebody should look at, the worst first' }),
    processes: Type.Array(ProcessView),
    queues: Nullable(Type.Array(QueueView, { description: 'null: Redis does not answer' })),
    rowsPerMinute: Type.Integer(),
    imports: Type.Object({
      counts: Type.Object(
        Object.fromEntries(IMPORT_STATUSES.map((status) => [status, Count])) as Record<
          ImportStatus,
          typeof Count
        >,
        {
          description: 'completed, failed and cancelled: in the last 24 hours',
        },
      ),
      running: Type.Array(RunningView, {
        description: 'the oldest that have not ended, and all in which something may be wrong',
      }),
      failedByUs: Type.Integer({
        description: 'those among the dead letters that are no fault of the file',
      }),
    }),
    mails: Type.Object({
      counts: Type.Object(
        Object.fromEntries(MAIL_STATES.map((state) => [state, Count])) as Record<MailState, typeof Count>,
      ),
      givenUp: Type.Object(Count.properties, { description: 'failed, and not put aside' }),
      oldestDueSeconds: Nullable(Type.Integer()),
      retried: Type.Object(
        { ...Count.properties, longest: Nullable(RetriedView) },
        { description: 'that came back from the relay and are tried again' },
      ),
    }),
    roles: Type.Array(
      Type.Object({ role: Type.String(), heldBy: Type.String(), leaseSeconds: Type.Integer() }),
      { description: 'what one process at a time does for all' },
    ),
    redis: Type.Object({
      reachable: Type.Boolean(),
      version: Nullable(Type.String()),
      judgements: Type.Array(JudgementView),
    }),
    mongodb: Type.Object({ version: Type.String(), judgements: Type.Array(JudgementView) }),
  },
  { title: 'OpsOverview' },
);
export type Overview = Static<typeof OverviewView>;
