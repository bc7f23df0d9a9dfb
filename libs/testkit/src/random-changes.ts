import type { OracleRow, OracleSession, OracleWorld } from './oracle/world.ts';
import { menteeEmail, mentorEmail } from './people.ts';
import { oneOf, type Random } from './random-numbers.ts';
import { randomTimes } from './random-times.ts';

type World = Omit<OracleWorld, 'nowMs'> & { sessions: readonly OracleSession[] };

/** A row that edits or deletes one of the world's sessions, or tries to. */
export function randomChange(random: Random, days: number, world: World): OracleRow {
  const session = oneOf(random, world.sessions);
  const id = random(40) === 0 ? 'f'.repeat(24) : random(20) === 0 ? session.id.toUpperCase() : session.id;
  switch (random(40)) {
    case 0:
      return { Action: oneOf(random, ['Edit', 'Delete']) };
    case 1:
      return { Action: 'Publish', id };
    case 2:
      // As an earlier report says: done, which may be so or not.
      return { Action: 'Create', id, Status: oneOf(random, ['Published', 'Unchanged', 'Invalid']) };
    case 3:
      return { Action: 'Delete', id, Status: oneOf(random, ['Deleted', 'Unchanged']) };
    case 4:
      return {
        Action: 'Edit',
        id,
        Status: oneOf(random, ['Updated', 'Unchanged']),
        ...edit(random, days, session, world),
      };
    case 5:
    case 6:
    case 7:
    case 8:
      return { Action: 'Delete', id, title: 'does not count' };
    default:
      return { Action: oneOf(random, ['Edit', 'edit', 'EDIT']), id, ...edit(random, days, session, world) };
  }
}

/** Mostly a move: each may take a slot that an earlier row has freed, or free one for a later row. */
function edit(random: Random, days: number, session: OracleSession, world: World): OracleRow {
  const times = randomTimes(random, days);
  if (random(2) === 0) return times;
  return oneOf<OracleRow>(random, [
    {},
    { Mentor: session.mentor.toUpperCase(), type: session.type.toLowerCase() },
    { title: session.title, description: session.description },
    { title: `Renamed ${random(1000)}` },
    { description: 'What has changed' },
    { Time: times.Time! },
    { Date: times.Date! },
    { Zone: times.Zone! },
    { Duration: times.Duration! },
    { ...times, title: `Moved ${random(1000)}` },
    { Mentees: menteeEmail(random(40)) },
    { Mentees: [...session.mentees.map(({ email }) => email).slice(0, 1), menteeEmail(39)].join(';') },
    { Mentees: '-' },
    { title: '-', categories: '-' },
    { recommended_for: 'Head teachers', categories: 'communication; Life skills' },
    { medium: 'english' },
    { Platform: 'Google Meet', Link: 'https://meet.google.com/xyz-defg-hij' },
    { Platform: 'Zoom', Link: 'https://zoom.us/j/99', Passcode: '77' },
    { Platform: 'BBB' },
    { ...(session.meeting.platform === 'BBB' ? {} : { Passcode: '-' }) },
    custom(random, world),
    { Mentor: mentorEmail(0) },
    { type: 'Private' },
    { Date: '31-06-2031' },
    { Date: '01-06-2001' },
    { Duration: '5' },
    { Time: 'noon' },
    { Mentees: `${menteeEmail(3)};nobody@example.org` },
    { Platform: 'Teams' },
    { title: 'x'.repeat(300), ...times },
  ]);
}

function custom(random: Random, world: World): OracleRow {
  return Object.fromEntries(
    (world.customFields ?? []).map(({ label, required, allowedValues, type }) => {
      if (allowedValues.length > 0) return [label, oneOf(random, allowedValues)];
      if (!required && random(2) === 0) return [label, '-'];
      return [label, { text: 'Hall 3', number: '4', date: '03-02-2031', boolean: 'no' }[type]];
    }),
  );
}
