import type { Judgement } from '@mentorline/runtime';
import { MINUTE_MS, SECOND_MS } from '@mentorline/runtime';
import type { Overview, ProcessView, RunningView } from './overview-view.ts';
import { SILENT_AFTER_MS, WAITS, type Wait } from './why-waiting.ts';

/** Something that an operator should look at, in a sentence, with what to do. */
export interface Attention {
  severity: 'critical' | 'warning';
  message: string;
  /** What it is about, where there is one thing to look at. */
  target: { kind: 'import' | 'process' | 'queue' | 'mails' | 'dead-letters'; id: string } | null;
}

const WAITS_LONG_SECONDS = 30;
export const STANDS_STILL_MS = 2 * MINUTE_MS;
const STANDS_STILL_SECONDS = STANDS_STILL_MS / SECOND_MS;
/** More than a few faults that pass by themselves. */
export const MANY_ATTEMPTS = 5;
const DUE_LONG_SECONDS = (5 * MINUTE_MS) / SECOND_MS;
/** Longer than a relay that holds a sender it does not know off for a while. */
const RETRIED_LONG_SECONDS = (10 * MINUTE_MS) / SECOND_MS;
/** One that was lost while others of its service work on is then no longer looked for. */
const LOST_TOLD_SECONDS = (10 * MINUTE_MS) / SECOND_MS;
const NAMED_AT_MOST = 3;
/** As it should be: nobody has to do anything. */
const IN_ORDER: readonly Wait[] = ['turn', 'pause'];
const WORKERS = ['importer', 'notifier'] as const;

/** What needs somebody's attention, the worst first. */
export function needsAttention(overview: Omit<Overview, 'attention'>): Attention[] {
  const { at, processes, queues, imports, mails, roles, redis, mongodb } = overview;
  const found = [
    ...ofLost(processes, at),
    ...processes.flatMap(ofProcess),
    ...WORKERS.filter(
      (service) => !processes.some((one) => one.service === service && one.state !== 'silent'),
    ).map(
      (service): Attention => ({
        severity: 'critical',
        message: `No ${service} runs: ${service === 'importer' ? 'imports' : 'mails'} wait. Start one`,
        target: null,
      }),
    ),
    ...ofRelays(processes, at),
    ...ofVersions(processes),
    ...(queues ?? [])
      .filter(({ paused }) => paused)
      .map(({ name }): Attention => {
        const message = `The queue ${name} is paused: nothing of it is begun until it is resumed`;
        return { severity: 'warning', message, target: { kind: 'queue', id: name } };
      }),
    ...(queues ?? []).flatMap(ofLimits),
    ...ofImports(imports.running),
    ...(imports.failedByUs > 0
      ? [
          warning(
            `${imports.failedByUs === 1 ? 'An import' : `${imports.failedByUs} imports`} failed by a fault of ours: see the dead letters`,
            { kind: 'dead-letters', id: 'imports' },
          ),
        ]
      : []),
    ...((mails.oldestDueSeconds ?? 0) > DUE_LONG_SECONDS
      ? [
          warning(
            `A mail has been due for ${Math.floor(mails.oldestDueSeconds! / 60)} minutes: see the notifiers, MAILS_PER_MINUTE and the queue mails`,
            { kind: 'mails', id: 'due' },
          ),
        ]
      : []),
    ...ofRetried(mails.retried),
    ...(mails.givenUp.count > 0
      ? [
          warning(`${counted(mails.givenUp, 'mail was', 'mails were')} given up: see the dead letters`, {
            kind: 'dead-letters',
            id: 'mails',
          }),
        ]
      : []),
    ...(roles.some(({ role }) => role === 'dispatcher') || processes.length === 0
      ? []
      : [
          warning(
            'Nobody dispatches: waiting work is called for again as soon as an importer or notifier takes that over',
          ),
        ]),
    ...ofJudgements('Redis', redis.judgements),
    ...ofJudgements('MongoDB', mongodb.judgements),
  ];
  const rank = { critical: 0, warning: 1 };
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/**
 * Each one lost is told until another of its service stands in its place: one that began when it was last heard of, or
 * later. Where nothing takes its place it may have been one too many.
 */
function ofLost(processes: readonly ProcessView[], at: string): Attention[] {
  const alive = processes.filter(({ state }) => state !== 'silent');
  const successors = new Set(alive);
  const lost = processes
    .filter(({ state }) => state === 'silent')
    .sort((a, b) => b.silentSeconds - a.silentSeconds);
  return lost.flatMap(({ id, service, host, pid, silentSeconds }): Attention[] => {
    // Its last beat may have come a while before its end.
    const heardMs = Date.parse(at) - silentSeconds * SECOND_MS - SILENT_AFTER_MS;
    const successor = [...successors].find(
      (one) => one.service === service && Date.parse(one.since) >= heardMs,
    );
    if (successor) {
      successors.delete(successor);
      return [];
    }
    const othersWork = alive.some((one) => one.service === service);
    if (othersWork && silentSeconds > LOST_TOLD_SECONDS) return [];
    const message = `The ${service} on ${host} (process ${pid}) has been silent for ${silentSeconds} s: it was lost, or cannot reach MongoDB`;
    return [warning(message, { kind: 'process', id })];
  });
}

function ofProcess({ id, service, host, pid, state, busy }: ProcessView): Attention[] {
  const target = { kind: 'process', id } as const;
  const name = `The ${service} on ${host} (process ${pid})`;
  if (state === 'draining') {
    return [
      {
        severity: 'warning',
        message: `${name} is draining; ${busy.length === 0 ? 'it has not heard yet' : `to finish: ${countKinds(busy)}`}`,
        target,
      },
    ];
  }
  if (state === 'drained') {
    return [
      { severity: 'warning', message: `${name} is drained: stop it, or let it take work again`, target },
    ];
  }
  return [];
}

/** `import`, or `32 mails`. */
function countKinds(busy: ProcessView['busy']): string {
  const counts = new Map<string, number>();
  for (const { kind } of busy) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, n]) => (n === 1 ? kind : `${n} ${kind}s`)).join(', ');
}

/** Their mails wait for the next attempt, and are not due: only the notifiers know at once. */
function ofRelays(processes: readonly ProcessView[], at: string): Attention[] {
  const notifiers = processes.filter(({ state, relay }) => state !== 'silent' && relay !== null);
  const [first, ...others] = notifiers
    .filter(({ relay }) => !relay!.works)
    .sort((a, b) => a.relay!.since.localeCompare(b.relay!.since));
  if (!first) return [];
  const seconds = Math.max(0, Math.floor((Date.parse(at) - Date.parse(first.relay!.since)) / SECOND_MS));
  const who = others.length === 0 ? `The notifier on ${first.host}` : `${others.length + 1} notifiers`;
  const message = `${who} cannot use the mail relay since ${seconds} s (${first.relay!.error}): mails wait, and are tried again for a day. See SMTP_URL and the relay`;
  const isAll = others.length + 1 === notifiers.length;
  return [{ severity: isAll ? 'critical' : 'warning', message, target: { kind: 'process', id: first.id } }];
}

function ofRetried({ longest, ...total }: Overview['mails']['retried']): Attention[] {
  if (!longest || longest.triedForSeconds <= RETRIED_LONG_SECONDS) return [];
  const { attempts, triedForSeconds, lastError } = longest;
  const message = `${counted(total, 'mail is', 'mails are')} tried again, one for ${Math.floor(triedForSeconds / 60)} minutes (${attempts} attempts): ${lastError}`;
  return [warning(message, { kind: 'mails', id: 'retried' })];
}

function ofVersions(processes: readonly ProcessView[]): Attention[] {
  const versions = [
    ...new Set(processes.filter(({ state }) => state !== 'silent').map(({ version }) => version)),
  ];
  return versions.length > 1 ? [warning(`Versions ${versions.sort().join(' and ')} run side by side`)] : [];
}

function ofLimits({ name, limits }: NonNullable<Overview['queues']>[number]): Attention[] {
  return limits.judgements.flatMap(({ level, text }): Attention[] => {
    if (level !== 'warning' && level !== 'critical') return [];
    const message = `The queue ${name} ${text}: so it was set on the queue board, where it can be taken off`;
    return [{ severity: level, message, target: { kind: 'queue', id: name } }];
  });
}

/** Those that stand still by themselves one by one; those that wait for the same thing together, when they are many. */
function ofImports(running: readonly RunningView[]): Attention[] {
  const waiting = running.filter(
    ({ waits, waitingSeconds }) =>
      waits.why !== 'working' && !IN_ORDER.includes(waits.why) && waitingSeconds >= WAITS_LONG_SECONDS,
  );
  const still = running.filter(({ waitingSeconds }) => waitingSeconds >= STANDS_STILL_SECONDS);
  const failsAgain = ({ waits, attempts }: RunningView): boolean =>
    attempts >= MANY_ATTEMPTS && (waits.why === 'pause' || waits.why === 'working');
  return [
    ...still.filter(failsAgain).map(({ id, status, attempts, waitingSeconds }): Attention => {
      const message = `Import ${id} (${status}) was tried ${attempts} times and has made no progress for ${waitingSeconds} s: its story says what fails`;
      return { severity: 'critical', message, target: { kind: 'import', id } };
    }),
    ...still
      .filter((one) => one.waits.why === 'working' && !failsAgain(one))
      .map(({ id, status, waitingSeconds }): Attention => {
        const message = `Import ${id} (${status}) has made no progress for ${waitingSeconds} s, though an importer holds it: release it`;
        return { severity: 'critical', message, target: { kind: 'import', id } };
      }),
    ...(Object.keys(WAITS) as Wait[]).flatMap((why): Attention[] => {
      const imports = waiting.filter(({ waits }) => waits.why === why);
      const severity = why === 'next' ? 'warning' : 'critical';
      if (imports.length > NAMED_AT_MOST) {
        const longest = Math.max(...imports.map(({ waitingSeconds }) => waitingSeconds));
        const message = `${imports.length} imports wait, one for ${longest} s: ${WAITS[why]}`;
        return [{ severity, message, target: null }];
      }
      return imports.map(({ id, status, waitingSeconds }) => {
        const message = `Import ${id} (${status}) has waited for ${waitingSeconds} s: ${WAITS[why]}`;
        return { severity, message, target: { kind: 'import', id } };
      });
    }),
  ];
}

function ofJudgements(server: string, judgements: readonly Judgement[]): Attention[] {
  return judgements.flatMap(({ level, text }): Attention[] =>
    level === 'warning' || level === 'critical'
      ? [{ severity: level, message: text.startsWith(server) ? text : `${server}: ${text}`, target: null }]
      : [],
  );
}

function warning(message: string, target: Attention['target'] = null): Attention {
  return { severity: 'warning', message, target };
}

function counted({ count, isExact }: { count: number; isExact: boolean }, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${isExact ? '' : 'More than '}${count} ${many}`;
}
