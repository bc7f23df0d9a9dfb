import type { OracleRow, OracleWorld } from './oracle/world.ts';
import { menteeEmail, mentorEmail } from './people.ts';
import { randomChange } from './random-changes.ts';
import { oneOf, type Random, randomNumbers } from './random-numbers.ts';
import { randomTimes } from './random-times.ts';

const BROKEN: OracleRow[] = [
  { title: '' },
  { title: 'x'.repeat(256) },
  { description: '' },
  { type: 'Open' },
  { Mentor: 'nobody@example.org' },
  { Mentor: menteeEmail(0) },
  { Mentor: `${mentorEmail(0)}; ${mentorEmail(1)}` },
  { Mentor: 'the head teacher' },
  { Mentees: `${menteeEmail(1)}; nobody@example.org` },
  { Mentees: `${menteeEmail(1)}; ${menteeEmail(1)}` },
  { Mentees: 'everybody' },
  { type: 'Private', Mentees: '' },
  { Mentees: [0, 1, 2, 3, 4, 5].map(menteeEmail).join(',') },
  { Date: '30-02-2031' },
  { Time: '24:00 Hrs' },
  { Zone: 'Mars/Olympus' },
  // Clocks in Paris went from 02:00 to 03:00 that night, and in October from 03:00 back to 02:00.
  { Date: '30-03-2031', Zone: 'Europe/Paris', Time: '02:30' },
  { Date: '26-10-2031', Zone: 'Europe/Paris', Time: '02:30' },
  { Duration: '29' },
  { Duration: '1441' },
  { Duration: 'an hour' },
  { Date: '01-01-2001' },
  { Action: 'Publish' },
  { Action: '' },
  { id: 'f'.repeat(24) },
  { medium: ' , ' },
  { Platform: 'Teams' },
  { Link: 'https://meet.google.com/abc-defg-hij' },
  { Platform: 'BBB', Link: 'https://meet.google.com/abc-defg-hij' },
  { Platform: 'Zoom', Link: 'https://zoom.us.example.org/j/123' },
  { Platform: 'Google Meet', Link: 'http://meet.google.com/abc-defg-hij' },
  { surplus: 'one cell too many' },
];

const MEETINGS: OracleRow[] = [
  { Platform: 'Big Blue Button' },
  { Platform: 'Google Meet', Link: 'https://meet.google.com/abc-defg-hij' },
  { Platform: 'whatsapp' },
  { Platform: 'Zoom', Link: 'https://us02web.zoom.us/j/84839928742?pwd=abc' },
  { Platform: 'Zoom', Link: 'https://zoom.us/j/84839928742', Passcode: '123456' },
];

/**
 * Random rows: days and hours are so few that many want a slot that an earlier row has, or touch it; some are broken
 * in one way or another. With a `world` that has sessions, half of the rows edit and delete those.
 */
export function randomRows(options: {
  rows: number;
  mentors: number;
  days: number;
  seed: number;
  world?: Omit<OracleWorld, 'nowMs'>;
}): OracleRow[] {
  const { rows, seed, world } = options;
  const random = randomNumbers(seed);
  return Array.from({ length: rows }, (_, index) =>
    world?.sessions?.length && random(2) === 0
      ? randomChange(random, options.days, { ...world, sessions: world.sessions })
      : randomCreate(random, index + 1, options),
  );
}

function randomCreate(
  random: Random,
  row: number,
  { mentors, days, world }: { mentors: number; days: number; world?: Omit<OracleWorld, 'nowMs'> },
): OracleRow {
  const shared = [...(world?.people ?? [])].filter(([, { gapMinutes, mentor }]) => mentor && gapMinutes);
  const mentor =
    shared.length > 0 && random(10) === 0 ? oneOf(random, shared)[0] : mentorEmail(random(mentors));
  const cells: OracleRow = {
    Action: 'Create',
    title: `Session ${row}`,
    description: 'Planning a year of change',
    type: random(4) === 0 ? 'Private' : 'Public',
    // Spellings of one mentor, which must all be decided in one order.
    Mentor: [mentor.toUpperCase(), `${mentor};`, ` ,${mentor}`][random(20)] ?? mentor,
    Mentees: [menteeEmail(random(20)), menteeEmail(20 + random(20))].join(random(2) ? ',' : '; '),
    ...randomTimes(random, days),
    recommended_for: oneOf(random, ['Teachers', 'teachers', 'Block education officer']),
    categories: 'Communication,Life skills',
    medium: oneOf(random, ['English', 'Hindi', 'हिन्दी']),
    ...(random(4) === 0 ? oneOf(random, MEETINGS) : {}),
    ...randomCustom(random, world),
  };
  return random(20) === 0 ? { ...cells, ...oneOf(random, BROKEN) } : cells;
}

function randomCustom(random: Random, world: Omit<OracleWorld, 'nowMs'> | undefined): OracleRow {
  const values: Record<string, string[]> = {
    text: ['North', 'Hall 2'],
    number: ['12', '-3.5', 'a dozen'],
    date: ['01-02-2031', '31-02-2031'],
    boolean: ['Yes', 'no'],
  };
  return Object.fromEntries(
    (world?.customFields ?? []).map(({ label, type, required, allowedValues }) => {
      const choice = allowedValues.length > 0 ? [...allowedValues, ...allowedValues, 'None'] : values[type]!;
      return [label, !required && random(2) === 0 ? '' : oneOf(random, choice)];
    }),
  );
}
