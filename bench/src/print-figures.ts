import Table from 'cli-table3';
import type { GatewayFigures, RouteFigures } from './gateway-bench.ts';
import type { Figures, Goal } from './goals.ts';
import type { ImportFigures } from './import-bench.ts';
import type { MailFigures } from './mails-bench.ts';
import type { Percentiles } from './percentiles.ts';

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** Everything measured, as tables. */
export function printFigures(figures: Figures): void {
  const { imports, shards, naive, latency, posts, lists, gateway, mails } = figures;
  if (imports.length > 0)
    console.log(`Imports, from the 202 to the report in the inbox\n${importTable(imports)}`);
  if (shards.length > 0) console.log(`One file, a shard for each importer\n${importTable(shards)}`);
  if (naive) {
    const { rows, seconds, rowsPerSecond } = naive;
    const head = ['rows', 'seconds', 'rows/s'];
    console.log(
      `The plain way\n${tableOf(head, [[grouped(rows), seconds.toFixed(2), grouped(rowsPerSecond)]])}`,
    );
  }
  const times: [what: string, ms: Percentiles][] = [];
  if (latency) times.push([`import of ${latency.rows} rows, 202 to mail`, latency.ms]);
  if (posts) {
    times.push(['POST, other mentors, alone', posts.alone.otherMentors]);
    times.push(["POST, the import's mentors, alone", posts.alone.sameMentors]);
    times.push([`POST, other mentors, during ${grouped(posts.rows)} rows`, posts.during.otherMentors]);
    times.push([`POST, the import's mentors, during ${grouped(posts.rows)} rows`, posts.during.sameMentors]);
  }
  if (lists) {
    times.push(...Object.entries(lists.paced));
    const rate = `${grouped(lists.unpaced.requestsPerSecond)}/s`;
    times.push([`all of these, ${lists.clients} clients without a pause: ${rate}`, lists.unpaced.ms]);
  }
  if (times.length > 0) console.log(`Times\n${timesTable(times)}`);
  if (mails) console.log(`${grouped(mails.mails)} mails\n${mailsTable(mails)}`);
  if (gateway) console.log(`${gateway.connections} connections\n${gatewayTable(gateway)}`);
}

export function printGoals(goals: readonly Goal[]): void {
  if (goals.length === 0) return;
  const rows = goals.map(({ goal, figure, bound, met }) => [
    goal,
    'atLeast' in bound ? `at least ${readable(bound.atLeast)}` : `at most ${readable(bound.atMost)}`,
    readable(figure),
    met ? 'met' : 'missed',
  ]);
  console.log(`Goals\n${tableOf(['goal', 'bound', 'measured', ''], rows)}`);
}

function importTable(imports: readonly ImportFigures[]): string {
  const peaks = ['api', 'importer', 'notifier', 'redis'].map((name) => `${name} MB`);
  const head = [
    'rows',
    'importers',
    'seconds',
    'rows/s',
    'limit/s',
    'ratio',
    ...peaks,
    'mongod cores',
    'importer cores',
  ];
  return tableOf(
    head,
    imports.map(
      ({ rows, importers, seconds, rowsPerSecond, limitPerSecond, ratioToLimit, peakBytes, cores }) => [
        grouped(rows),
        String(importers),
        seconds.toFixed(2),
        grouped(rowsPerSecond),
        grouped(limitPerSecond),
        ratioToLimit.toFixed(2),
        ...[peakBytes.api, peakBytes.importer, peakBytes.notifier].map((bytes) => (bytes / 1e6).toFixed(0)),
        (peakBytes.redis / 1e6).toFixed(1),
        cores.mongod.toFixed(2),
        cores.importer.toFixed(2),
      ],
    ),
  );
}

function timesTable(times: readonly [string, Percentiles][]): string {
  const rows = times.map(([what, { count, p50, p99, max }]) => [
    what,
    grouped(count),
    ...[p50, p99, max].map((ms) => ms.toFixed(1)),
  ]);
  return tableOf(['what', 'times', 'p50 ms', 'p99 ms', 'max ms'], rows);
}

function mailsTable({ notifiers, bare }: MailFigures): string {
  const row = (what: string, { mailsPerSecond, startingPerSecond }: MailFigures['bare']): string[] => [
    what,
    grouped(mailsPerSecond),
    (mailsPerSecond / bare.mailsPerSecond).toFixed(2),
    grouped(startingPerSecond),
  ];
  return tableOf(
    ['sent by', 'mails/s', 'of nodemailer alone', 'mails/s when just started'],
    [
      ...notifiers.map((figures) => row(`${figures.count} notifier(s)`, figures)),
      row('nodemailer alone', bare),
    ],
  );
}

function gatewayTable({ reads, writes }: GatewayFigures): string {
  const row = (what: string, { requestsPerSecond, p50, p99 }: RouteFigures, ratio: string): string[] => [
    ...[what, grouped(requestsPerSecond), ratio, String(p50), String(p99)],
  ];
  return tableOf(
    ['what', 'requests/s', 'ratio', 'p50 ms', 'p99 ms'],
    [
      row('GET of a session', reads.gateway, reads.ratio.toFixed(2)),
      row('bare route that reads it', reads.bare, '1'),
      row('POST of a session', writes.gateway, writes.ratio.toFixed(2)),
      row('bare route that inserts it', writes.bare, '1'),
    ],
  );
}

function tableOf(head: string[], rows: string[][]): string {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  return `${table.toString()}\n`;
}

function grouped(figure: number): string {
  return Math.round(figure).toLocaleString('en');
}

function readable(figure: number): string {
  return figure >= 1e6 ? `${NUMBER.format(figure / 1e6)} million` : NUMBER.format(figure);
}
