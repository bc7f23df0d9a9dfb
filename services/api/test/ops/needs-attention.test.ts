import t from 'tap';
import { judgeLimits } from '../../src/ops/judge-limits.ts';
import { needsAttention } from '../../src/ops/needs-attention.ts';
import type { Overview, ProcessView, RunningView } from '../../src/ops/overview-view.ts';
import { WAITS, type Wait } from '../../src/ops/why-waiting.ts';

const NOON = '2027-06-01T12:00:00Z';
const NONE = { count: 0, isExact: true };
const ID = '6657f1f77bcf86cd79943902';

function process(more: Partial<ProcessView> = {}): ProcessView {
  return {
    ...{ id: ID, service: 'importer', version: '0.1.0', host: 'host-1', pid: 7, since: NOON, state: 'idle' },
    ...{ silentSeconds: 1, canDrain: true, relay: null, busy: [], perMinute: {} },
    ...more,
  };
}

function running(why: Wait, waitingSeconds: number): RunningView {
  return {
    ...{ id: ID, organisation: { id: ID, name: 'Example Schools' }, kind: 'sessions', mode: 'apply' },
    ...{ status: 'applying', acceptedAt: NOON, attempts: 1, stalls: 0, rowsTotal: 10, rowsDone: 5 },
    ...{
      checkpoints: [5],
      lastProgressAt: NOON,
      waitingSeconds,
      waits: { why, text: WAITS[why] },
      heldBy: null,
    },
  };
}

const WELL: Omit<Overview, 'attention'> = {
  at: NOON,
  processes: [process(), process({ service: 'notifier' })],
  queues: [],
  rowsPerMinute: 0,
  imports: {
    counts: {
      ...{ queued: NONE, staging: NONE, applying: NONE, reporting: NONE },
      ...{ completed: NONE, failed: NONE, cancelled: NONE },
    },
    running: [],
    failedByUs: 0,
  },
  mails: {
    counts: { pending: NONE, sending: NONE, sent: NONE, failed: NONE },
    givenUp: NONE,
    oldestDueSeconds: null,
    retried: { ...NONE, longest: null },
  },
  roles: [{ role: 'dispatcher', heldBy: 'importer on host-1 (7)', leaseSeconds: 3 }],
  redis: { reachable: true, version: '7.4.0', judgements: [{ level: 'ok', text: 'well' }] },
  mongodb: { version: '8.0.12', judgements: [{ level: 'unknown', text: 'not shown' }] },
};
const withImports = (...found: RunningView[]) => ({ ...WELL, imports: { ...WELL.imports, running: found } });
const withMails = (mails: Partial<Overview['mails']>) => ({ ...WELL, mails: { ...WELL.mails, ...mails } });
const seen = (overview: Omit<Overview, 'attention'>) =>
  needsAttention(overview).map(({ severity, message }) => `${severity}: ${message}`);

t.test('nothing needs attention where all is well, or only as it should be', async (t) => {
  t.same(seen(WELL), []);
  t.same(
    seen(
      withImports(running('turn', 900), running('pause', 900), running('next', 5), running('working', 60)),
    ),
    [],
  );
});

t.test('imports that stand still or wait for long are told, with the reason', async (t) => {
  t.match(seen(withImports(running('working', 121))), [
    /^critical: Import .* no progress for 121 s.*release it$/,
  ]);
  t.match(seen(withImports(running('next', 31))), [
    /^warning: Import .* has waited for 31 s: it is called for/,
  ]);
  t.match(seen(withImports(running('worker-lost', 45))), [/^critical: .*the importer that had it was lost/]);
});

t.test(
  'an import that fails at every attempt is told as such, between two attempts and within one',
  async (t) => {
    const failing = (why: Wait, attempts: number, seconds = 300) => ({ ...running(why, seconds), attempts });
    for (const why of ['pause', 'working'] as const) {
      t.match(seen(withImports(failing(why, 5))), [
        /^critical: Import .* was tried 5 times and has made no progress for 300 s: its story says what fails$/,
      ]);
    }
    t.same(seen(withImports(failing('pause', 4), failing('pause', 50, 100))), [], 'it may yet pass');
  },
);

t.test('a process that was lost is told until another has taken its place', async (t) => {
  const lost = (silentSeconds: number) => process({ state: 'silent', silentSeconds });
  const since = (time: string) => process({ since: `2027-06-01T${time}Z` });
  const of = (...importers: ProcessView[]) =>
    seen({ ...WELL, processes: [...importers, process({ service: 'notifier' })] });
  const older = since('09:00:00');
  t.match(of(lost(60), older), [/^warning: The importer on host-1 .* silent for 60 s/]);
  t.same(of(lost(60), older, since('11:59:30')), [], 'one that began after it stands in its place');
  t.match(of(lost(60), lost(62), since('11:59:30')), [/silent for 60 s/], 'but not in that of two');
  t.match(of(lost(60), older, process({ service: 'api' })), [/silent/], 'nor one of another service');
  t.match(of(lost(599), older), [/silent/]);
  t.same(of(lost(601), older), [], 'nothing took its place, and the others do its work');
  t.match(of(lost(3_000)), [/^critical: No importer runs/, /silent for 3000 s/]);
});

t.test('a relay that is away is told at once, and mails that come back for long', async (t) => {
  const relayOf = (works: boolean, error: string | null): ProcessView =>
    process({ service: 'notifier', relay: { works, since: '2027-06-01T11:59:18Z', error } });
  const of = (...notifiers: ProcessView[]) =>
    needsAttention({ ...WELL, processes: [process(), ...notifiers] });
  t.same(of(relayOf(true, null)), []);
  t.match(of(relayOf(false, 'ECONNREFUSED')), [
    {
      severity: 'critical',
      message: /^The notifier on host-1 cannot use the mail relay since 42 s \(ECONNREFUSED\): mails wait/,
      target: { kind: 'process', id: ID },
    },
  ]);
  t.match(
    of(relayOf(false, '535'), relayOf(true, null)),
    [{ severity: 'warning' }],
    'another one reaches it',
  );
  t.match(of(relayOf(false, '535'), relayOf(false, '535')), [{ message: /^2 notifiers cannot use/ }]);
  const longest = {
    ...{ id: ID, kind: 'invitation', attempts: 9, nextAttemptAt: NOON },
    lastError: '451 4.7.1 try again later',
  };
  const retried = (triedForSeconds: number) =>
    needsAttention(
      withMails({ retried: { count: 3, isExact: true, longest: { ...longest, triedForSeconds } } }),
    );
  t.same(retried(500), [], 'a relay may hold a sender off that it does not know');
  t.match(retried(900), [
    {
      severity: 'warning',
      message: '3 mails are tried again, one for 15 minutes (9 attempts): 451 4.7.1 try again later',
      target: { kind: 'mails', id: 'retried' },
    },
  ]);
});

t.test('limits of a queue that somebody has set are told where they hold something back', async (t) => {
  const of = (more: Partial<Parameters<typeof judgeLimits>[0]>) =>
    judgeLimits({ concurrency: null, rateLimit: null, waiting: 9, active: 1, ...more });
  t.same(of({}), []);
  t.match(of({ concurrency: 1 }), [{ level: 'warning', text: /^lets 1 call be answered at a time/ }]);
  t.match(of({ concurrency: 1, waiting: 0 }), [{ level: 'ok' }], 'nothing waits for it');
  t.match(of({ concurrency: 2 }), [{ level: 'ok' }], 'there is room');
  t.match(of({ concurrency: 0 }), [{ level: 'critical', text: /no call/ }]);
  t.match(of({ rateLimit: { max: 5, durationMs: 60_000 } }), [
    { level: 'warning', text: /^lets 5 calls be begun in 60 s/ },
  ]);
  const queue = {
    ...({ name: 'imports', paused: false, waiting: 9, active: 1, failed: 0 } as const),
    ...{ oldestWaitingSeconds: 5, jobsPerMinute: 0 },
    limits: { concurrency: 1, rate: null, judgements: of({ concurrency: 1 }) },
  };
  t.match(needsAttention({ ...WELL, queues: [queue] }), [
    { severity: 'warning', message: /^The queue imports lets 1/, target: { kind: 'queue', id: 'imports' } },
  ]);
});

t.test('many that wait for the same thing are told together', async (t) => {
  const many = Array.from({ length: 40 }, (_, n) => running('queue-paused', 40 + n));
  t.same(seen(withImports(...many)), ['critical: 40 imports wait, one for 79 s: the queue is paused']);
});

t.test('processes that are silent, draining, drained or missing are told', async (t) => {
  const notifier = process({ service: 'notifier' });
  const of = (found: Partial<ProcessView>) =>
    seen({ ...WELL, processes: [process(found), process({ since: '2027-06-01T09:00:00Z' }), notifier] });
  t.match(of({ state: 'silent', silentSeconds: 40 }), [
    /^warning: The importer on host-1 .* silent for 40 s/,
  ]);
  t.match(of({ state: 'draining' }), [/is draining; it has not heard yet/]);
  const busy = [{ kind: 'import', id: ID, since: NOON }];
  t.match(of({ state: 'draining', busy }), [/is draining; to finish: import$/]);
  const mails = Array(32).fill({ kind: 'mail', id: ID, since: NOON });
  t.match(of({ state: 'draining', busy: [...busy, ...mails] }), [/to finish: import, 32 mails$/]);
  t.match(of({ state: 'drained' }), [/is drained: stop it, or let it take work again/]);
  t.match(of({ version: '0.2.0' }), [/Versions 0\.1\.0 and 0\.2\.0 run side by side/]);
  t.match(seen({ ...WELL, processes: [process({ state: 'silent' })] }), [
    /^critical: No importer runs/,
    /^critical: No notifier runs: mails wait/,
    /silent/,
  ]);
});

t.test(
  'mails that are late or given up, dispatchers that are missing and servers that are ill are told',
  async (t) => {
    t.match(seen(withMails({ oldestDueSeconds: 600 })), [/^warning: A mail has been due for 10 minutes/]);
    const failed = (count: number, isExact = true) => seen(withMails({ givenUp: { count, isExact } }));
    t.match(failed(1), [/^warning: 1 mail was given up/]);
    t.match(failed(10_000, false), [/^warning: More than 10000 mails were given up/]);
    t.match(seen({ ...WELL, roles: [] }), [/^warning: Nobody dispatches/]);
    t.match(
      seen({ ...WELL, redis: { ...WELL.redis, judgements: [{ level: 'critical', text: 'Redis is full' }] } }),
      ['critical: Redis is full'],
    );
    t.match(
      seen({
        ...WELL,
        mongodb: { ...WELL.mongodb, judgements: [{ level: 'warning', text: 'one is late' }] },
      }),
      ['warning: MongoDB: one is late'],
    );
  },
);
