import { SESSION_COLUMNS } from '@mentorline/domain';
import type { OracleRow } from './serial-oracle.ts';

/** The oracle's short column names, in the order of the sample file's columns. */
const COLUMNS = [
  'Action',
  'id',
  'title',
  'description',
  'type',
  'Mentor',
  'Mentees',
  'Date',
  'Zone',
  'Time',
  'Duration',
  'recommended_for',
  'categories',
  'medium',
  'Platform',
  'Link',
  'Passcode',
];

/** Rows as the CSV that a manager would upload. */
export function sessionFile(rows: readonly OracleRow[]): Buffer {
  const lines = [
    SESSION_COLUMNS.map(({ header }) => header),
    ...rows.map((row) => COLUMNS.map((column) => row[column] ?? '')),
  ];
  const quoted = (cell: string): string =>
    /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return Buffer.from(lines.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join(''));
}

/** Small, seeded and good enough (mulberry32): the same seed gives the same file. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below) | 0;
  };
}

/** Address of the n-th mentor, or mentee, that `createPeople` makes. */
export const mentorEmail = (n: number): string => `mentor${n}@example.org`;
export const menteeEmail = (n: number): string => `mentee${n}@example.org`;

const BROKEN: OracleRow[] = [
  { title: '' },
  { Mentor: 'nobody@example.org' },
  { Mentor: menteeEmail(0) },
  { Mentees: `${menteeEmail(1)}; nobody@example.org` },
  { type: 'Private', Mentees: '' },
  { Mentees: [0, 1, 2, 3, 4, 5].map(menteeEmail).join(',') },
  { Date: '30-02-2031' },
  { Time: '24:00 Hrs' },
  { Duration: '29' },
  { Duration: 'an hour' },
  { Date: '01-01-2001' },
  { Action: 'Publish' },
  { medium: ' , ' },
];

/**
 * Random Create rows: days and hours are so few that many rows want a slot that an earlier one has, or touch it;
 * some are broken in one way or another.
 */
export function randomRows(options: {
  rows: number;
  mentors: number;
  days: number;
  seed: number;
}): OracleRow[] {
  const random = randomNumbers(options.seed);
  const two = (n: number): string => String(n).padStart(2, '0');
  return Array.from({ length: options.rows }, (_, index) => {
    const mentor = mentorEmail(random(options.mentors));
    const row: OracleRow = {
      Action: 'Create',
      title: `Session ${index + 1}`,
      description: 'Planning a year of change',
      type: random(4) === 0 ? 'Private' : 'Public',
      // Spellings of one mentor, which must all be decided in one order.
      Mentor: [mentor.toUpperCase(), `${mentor};`, ` ,${mentor}`][random(20)] ?? mentor,
      Mentees: [menteeEmail(random(20)), menteeEmail(20 + random(20))].join(random(2) ? ',' : '; '),
      Date: `${two(1 + random(options.days))}-06-2031`,
      Zone: random(3) === 0 ? 'UTC' : 'IST',
      Time: `${two(3 + random(14))}:${two(random(4) * 15)} Hrs`,
      Duration: String([30, 45, 60, 90][random(4)]),
      recommended_for: ['Teachers', 'teachers', 'Block education officer'][random(3)]!,
      categories: 'Communication,Life skills',
      medium: ['English', 'Hindi', 'हिन्दी'][random(3)]!,
    };
    return random(20) === 0 ? { ...row, ...BROKEN[random(BROKEN.length)] } : row;
  });
}
