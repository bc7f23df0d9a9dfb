import type { GatewayFigures } from './gateway-bench.ts';
import type { ImportFigures } from './import-bench.ts';
import type { LatencyFigures } from './latency-bench.ts';
import type { ListFigures } from './lists-bench.ts';
import type { MailFigures } from './mails-bench.ts';
import type { NaiveFigures } from './naive-bench.ts';
import type { PostFigures } from './posts-bench.ts';

/** What one run has measured. */
export interface Figures {
  imports: ImportFigures[];
  shards: ImportFigures[];
  naive?: NaiveFigures;
  latency?: LatencyFigures;
  posts?: PostFigures;
  mails?: MailFigures;
  lists?: ListFigures;
  gateway?: GatewayFigures;
}

export interface Goal {
  goal: string;
  figure: number;
  /** The least, or the most, that `figure` may be. */
  bound: { atLeast: number } | { atMost: number };
  met: boolean;
}

const LEAST_ROWS_PER_SECOND = 8_000;
const LEAST_RATIO_TO_LIMIT = 0.25;
const LEAST_TIMES_NAIVE = 20;
const LEAST_OF_SMALLER_RATE = 0.8;
const MOST_IMPORTER_BYTES = 250e6;
const MOST_IMPORTER_GROWTH = 1.3;
const MOST_LATENCY_MS = 500;
const MOST_POST_SLOWDOWN = 10;
const MOST_LIST_MS = 50;
const LEAST_OF_BARE_MAILER = 0.7;
const LEAST_READS_OF_BARE = 0.6;
const LEAST_WRITES_OF_BARE = 0.35;

/** The goals of the product that this run has measured, and whether it meets them. */
export function judgeGoals({ imports, naive, latency, posts, lists, gateway, mails }: Figures): Goal[] {
  const of = (rows: number): ImportFigures | undefined => imports.find((figures) => figures.rows === rows);
  const [small, middle, large] = [of(10_000), of(100_000), of(1_000_000)];
  const slowdown = (mentors: 'otherMentors' | 'sameMentors'): number =>
    quotient(posts?.during[mentors].p99, posts?.alone[mentors].p99);
  const goals = [
    atLeast(
      '100,000 rows: rows/s, 8,000 or a quarter of the limit, whichever is more',
      middle?.rowsPerSecond,
      Math.max(LEAST_ROWS_PER_SECOND, LEAST_RATIO_TO_LIMIT * (middle?.limitPerSecond ?? 0)),
    ),
    atLeast(
      '100,000 rows: times the rate of the plain way',
      quotient(middle?.rowsPerSecond, naive?.rowsPerSecond),
      LEAST_TIMES_NAIVE,
    ),
    atLeast(
      '1,000,000 rows: part of the rate at 100,000',
      quotient(large?.rowsPerSecond, middle?.rowsPerSecond),
      LEAST_OF_SMALLER_RATE,
    ),
    atMost('1,000,000 rows: peak bytes of the importer', large?.peakBytes.importer, MOST_IMPORTER_BYTES),
    atMost(
      '1,000,000 rows: times the peak at 10,000',
      quotient(large?.peakBytes.importer, small?.peakBytes.importer),
      MOST_IMPORTER_GROWTH,
    ),
    atMost('20 rows: ms from the 202 to the mail, p50', latency?.ms.p50, MOST_LATENCY_MS),
    atMost(
      'POST of other mentors during an import: times its p99 alone',
      slowdown('otherMentors'),
      MOST_POST_SLOWDOWN,
    ),
    atMost(
      "POST of the import's mentors during it: times its p99 alone",
      slowdown('sameMentors'),
      MOST_POST_SLOWDOWN,
    ),
    atMost(
      `${lists?.sessions} sessions, ${lists?.users} users: ms of the slowest list, search or picker, p99`,
      lists && Math.max(...Object.values(lists.paced).map(({ p99 }) => p99)),
      MOST_LIST_MS,
    ),
    atLeast('GET of a session: part of the rate of a bare route', gateway?.reads.ratio, LEAST_READS_OF_BARE),
    atLeast(
      'POST of a session: part of the rate of a bare route',
      gateway?.writes.ratio,
      LEAST_WRITES_OF_BARE,
    ),
    atLeast(
      'mails of 1, 2 or 4 notifiers, the least: part of the rate of nodemailer alone',
      mails && Math.min(...mails.notifiers.map(({ ratio }) => ratio)),
      LEAST_OF_BARE_MAILER,
    ),
  ];
  return goals.filter(({ figure }) => !Number.isNaN(figure));
}

function quotient(figure = Number.NaN, other = Number.NaN): number {
  return figure / other;
}

function atLeast(goal: string, figure = Number.NaN, bound: number): Goal {
  return { goal, figure, bound: { atLeast: bound }, met: figure >= bound };
}

function atMost(goal: string, figure = Number.NaN, bound: number): Goal {
  return { goal, figure, bound: { atMost: bound }, met: figure <= bound };
}
