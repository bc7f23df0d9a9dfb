import { menteeEmail, mentorEmail, sessionFile } from '@mentorline/testkit';

export const MENTORS = 2_000;
export const MENTEES = 5_000;
const SESSIONS_A_DAY = 5;
/** One row in twenty lasts 29 minutes, a minute too short. */
const INVALID_EVERY = 20;

/** A file without conflicts: every mentor's sessions follow each other, five a day, two mentees in each. */
export function benchFile(rows: number): Buffer {
  return sessionFile(
    Array.from({ length: rows }, (_, n) => {
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
        Duration: n % INVALID_EVERY === 7 ? '29' : '60',
        recommended_for: 'Teachers,Block education officer',
        categories: 'Communication,Life skills',
        medium: 'English,Hindi',
      };
    }),
  );
}
