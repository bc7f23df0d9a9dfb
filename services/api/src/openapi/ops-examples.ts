const IMPORT_ID = '6657f1f77bcf86cd79943902';
const PROCESS_ID = '6657f1f77bcf86cd79943970';
const MAIL_ID = '6657f1f77bcf86cd79943971';
const ORGANISATION = { id: '6657f1f77bcf86cd79943906', name: 'Example Schools' };

const RUNNING = {
  id: IMPORT_ID,
  organisation: ORGANISATION,
  kind: 'sessions',
  mode: 'apply',
  status: 'applying',
  acceptedAt: '2027-06-01T08:00:00Z',
  attempts: 1,
  stalls: 0,
  rowsTotal: 1_000,
  rowsDone: 400,
  checkpoints: [402, 398],
  lastProgressAt: '2027-06-01T08:00:02Z',
  waitingSeconds: 1,
  waits: { why: 'working', text: 'an importer works on it' },
  heldBy: 'importer on importer-1 (1)',
};

const PROCESS = {
  id: PROCESS_ID,
  service: 'importer',
  version: '0.1.0',
  host: 'importer-1',
  pid: 1,
  since: '2027-06-01T06:00:00Z',
  state: 'busy',
  silentSeconds: 1,
  canDrain: true,
  relay: null,
  busy: [{ kind: 'import', id: IMPORT_ID, since: '2027-06-01T08:00:01Z' }],
  perMinute: { imports: 2, rows: 12_000 },
};

const MAIL = {
  id: MAIL_ID,
  kind: 'import-report',
  organisationId: ORGANISATION.id,
  importId: IMPORT_ID,
  sessionId: null,
  status: 'failed',
  to: 'manager@example.org',
  messageId: `<import-report.${IMPORT_ID}@mail.example.org>`,
  attempts: 1,
  date: '2027-06-01T08:00:03Z',
  nextAttemptAt: '2027-06-01T08:00:03Z',
  sentAt: null,
  lastError: '550 5.1.1 No such user here',
  tries: [{ at: '2027-06-01T08:00:04Z', status: 'failed', answer: '550 5.1.1 No such user here' }],
};

const DEAD_MAIL = {
  kind: 'mail',
  id: MAIL_ID,
  organisationId: ORGANISATION.id,
  at: MAIL.date,
  attempts: 1,
  reason: MAIL.lastError,
  retry: true,
  wayBack: 'Mend the mailbox or the relay, then send it again',
  dismissedAt: null,
  mail: MAIL,
};

const DEAD_IMPORT = {
  kind: 'import',
  id: IMPORT_ID,
  organisationId: ORGANISATION.id,
  at: '2027-06-01T08:00:03Z',
  attempts: 10,
  reason: 'INTERNAL_ERROR',
  retry: true,
  wayBack: 'Retry it: its file is worked off again as an import of its own',
  dismissedAt: null,
  mail: null,
};

const count = (n: number, isExact = true) => ({ count: n, isExact });

/** Examples of the named schemas of the calls for operators. */
export const OPS_EXAMPLES: Readonly<Record<string, unknown>> = {
  DeadLetter: DEAD_MAIL,
  DeadLetters: { imports: [DEAD_IMPORT], mails: [DEAD_MAIL], nextCursor: null },
  OpsImport: {
    ...RUNNING,
    sizeBytes: 182_400,
    finishedAt: null,
    cancelRequestedAt: null,
    rows: null,
    failure: null,
    retriedAs: null,
    retryObstacle: 'The import has not ended; release it, and an importer takes it up again',
    shards: [{ shard: 0, done: false, held: true, doneThrough: 400, attempts: 1, stalls: 0 }],
    isComplete: true,
    events: [
      {
        at: RUNNING.acceptedAt,
        what: 'accepted',
        text: 'Uploaded, accepted and queued',
        status: 'queued',
        by: 'Priya Menon',
        error: null,
      },
      {
        at: '2027-06-01T08:00:01Z',
        what: 'claimed',
        text: 'Claimed in queued, attempt 1',
        status: 'queued',
        by: RUNNING.heldBy,
        error: null,
      },
    ],
    mail: null,
  },
  OpsMail: MAIL,
  OpsOverview: {
    at: '2027-06-01T08:00:03Z',
    attention: [
      {
        severity: 'warning',
        message: 'noeviction is off (allkeys-lru): jobs may be lost, and are called for again later',
        target: null,
      },
    ],
    processes: [PROCESS],
    queues: [
      {
        name: 'imports',
        paused: false,
        waiting: 0,
        active: 1,
        failed: 0,
        oldestWaitingSeconds: null,
        jobsPerMinute: 2,
        limits: { concurrency: null, rate: null, judgements: [] },
      },
    ],
    rowsPerMinute: 12_000,
    imports: {
      counts: {
        queued: count(0),
        staging: count(0),
        applying: count(1),
        reporting: count(0),
        completed: count(41),
        failed: count(1),
        cancelled: count(0),
      },
      running: [RUNNING],
      failedByUs: 0,
    },
    mails: {
      counts: { pending: count(3), sending: count(1), sent: count(20_000, false), failed: count(1) },
      givenUp: count(1),
      oldestDueSeconds: 2,
      retried: {
        ...count(1),
        longest: {
          id: MAIL_ID,
          kind: 'import-report',
          attempts: 3,
          triedForSeconds: 8,
          nextAttemptAt: '2027-06-01T08:00:07Z',
          lastError: 'connect ECONNREFUSED',
        },
      },
    },
    roles: [{ role: 'dispatcher', heldBy: RUNNING.heldBy, leaseSeconds: 3 }],
    redis: {
      reachable: true,
      version: '7.4.0',
      judgements: [{ level: 'warning', text: 'noeviction is off (allkeys-lru): jobs may be lost' }],
    },
    mongodb: {
      version: '8.0.12',
      judgements: [{ level: 'ok', text: 'replica set rs0, 3 of 3 members well' }],
    },
  },
  OpsProcess: PROCESS,
};
