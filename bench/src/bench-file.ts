import { writeFile } from 'node:fs/promises';
import { menteeEmail, mentorEmail, sessionFile } from '@mentorline/testkit';

export const MENTORS = 2_000;
export const MENTEES = 5_000;
const SESSIONS_A_DAY = 5;
/** One row in twenty lasts 29 minutes, a minute too short. */
const INVALID_EVERY = 20;
const FIRST_INVALID = 7;
const BLOCK_ROWS = 5_000;

/**
 * The rows from `from` (inclusive) to `to` as a file. Rows of different numbers never conflict: every mentor's
 * sessions follow each other, five a day, two mentees in each.
 */
export function benchFile(from: number, to: number): Buffer {
  return sessionFile(
    Array.from({ length: to - from }, (_, index) => {
      const n = from + index;
      const nth = Math.floor(n / MENTORS);
      const day = new Date(Date.UTC(2031, 0, 1 + Math.floor(nth / SESSIONS_A_DAY)))
        .toISOString()
        .slice(0, 10);
      return {
        Action: 'Create',
        title: `Leading a school through change, part ${n}`,
        description: 'How heads plan a year of change with their staff and the parents',
        type: n % 3 === 0 ? 'Private' : 'Public',
        Mentor: mentorEmail(n % MENTORS),
        Mentees: `${menteeEmail(n % MENTEES)}, ${menteeEmail((n * 7 + 1) % MENTEES)}`,
        Date: day.split('-').reverse().join('-'),
        Zone: 'IST',
        Time: `${String(8 + 2 * (nth % SESSIONS_A_DAY)).padStart(2, '0')}:00 Hrs`,
        Duration: n % INVALID_EVERY === FIRST_INVALID ? '29' : '60',
        recommended_for: 'Teachers,Block education officer',
        categories: 'Communication,Life skills',
        medium: 'English,Hindi',
      };
    }),
  );
}

/** How many of the first `rows` rows are invalid. */
export function invalidOf(rows: number): number {
  return Math.floor((rows + INVALID_EVERY - 1 - FIRST_INVALID) / INVALID_EVERY);
}

/** Writes the first `rows` rows to `path`, a block at a time: a million rows are 300 MB. */
export async function writeBenchFile(path: string, rows: number): Promise<void> {
  await writeFile(path, blocks(rows));
}

function* blocks(rows: number): Generator<Buffer> {
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const block = benchFile(from, Math.min(from + BLOCK_ROWS, rows));
    yield from === 0 ? block : block.subarray(block.indexOf('\n') + 1);
  }
}
