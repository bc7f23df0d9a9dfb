import { createHash } from 'node:crypto';
import type { CustomField, OptionField, OrganisationSettings, Role } from '@mentorline/domain';
import type { Store } from '@mentorline/store';
import { MINUTE, momentsOf } from './oracle/clock.ts';
import type { OracleSession, OracleWorld } from './oracle/world.ts';
import { createPeople, menteeEmail, mentorEmail } from './people.ts';
import { oneOf, type Random, randomNumbers } from './random-numbers.ts';
import type { Fixtures } from './setup.ts';

const HOUR = 60 * MINUTE;
const GUESTS = ['guest0@other.example.net', 'guest1@other.example.net'];
const GUESTS_GAP_MINUTES = 20;

const CUSTOM_FIELDS: CustomField[] = [
  { name: 'region', label: 'Region', type: 'text', required: true, allowedValues: ['North', 'South'] },
  { name: 'hall', label: 'Hall', type: 'text', required: false, allowedValues: [] },
  { name: 'seatRows', label: 'Rows of seats', type: 'number', required: false, allowedValues: [] },
  { name: 'agreed', label: 'Agreed on', type: 'date', required: false, allowedValues: [] },
];

const OPTIONS: { field: OptionField; value: string; label: string }[] = [
  { field: 'recommendedFor', value: 'teachers', label: 'Teachers' },
  { field: 'recommendedFor', value: 'beo', label: 'Block education officer' },
  { field: 'recommendedFor', value: 'head_teachers', label: 'Head teachers' },
  { field: 'categories', value: 'communication', label: 'Communication' },
  { field: 'categories', value: 'life_skills', label: 'Life skills' },
  { field: 'medium', value: 'en', label: 'English' },
  { field: 'medium', value: 'hindi', label: 'Hindi' },
];

/**
 * An organisation in the middle of its life: custom fields, options, two mentors shared by another organisation with
 * a slot gap of its own, and sessions: to come, live, over, cancelled, and the other organisation's.
 * @returns it as the oracle sees it
 */
export async function createWorld(
  fixtures: Fixtures,
  options: {
    mentors: number;
    /** To come, of the organisation; there are some of the other kinds beside them. */
    sessions: number;
    days: number;
    seed: number;
    settings?: Partial<OrganisationSettings>;
  },
): Promise<Omit<OracleWorld, 'nowMs'> & { sessions: OracleSession[] }> {
  const { store, organisation, otherOrganisation } = fixtures;
  const random = randomNumbers(options.seed);
  const own = await createPeople(store, organisation.id, options.mentors);
  await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
  await store.users.createUsers(
    GUESTS.map((email) => ({
      ...{ organisationId: otherOrganisation.id, email },
      ...{ name: `Guest ${email.slice(5, 6)}`, roles: ['mentor'] as Role[] },
    })),
  );
  await settle(store, organisation.id, options.settings ?? {}, CUSTOM_FIELDS);
  await settle(store, otherOrganisation.id, { slotGapMinutes: GUESTS_GAP_MINUTES }, []);
  await createOptions(store, organisation.id);
  const gapMinutes = options.settings?.slotGapMinutes ?? 0;
  const people: OracleWorld['people'] = new Map([
    ...[...own].map(([email, person]) => [email, { ...person, gapMinutes }] as const),
    ...GUESTS.map(
      (email) =>
        [email, { name: `Guest ${email[5]}`, mentor: true, gapMinutes: GUESTS_GAP_MINUTES }] as const,
    ),
  ]);

  const sessions = randomSessions(random, options, gapMinutes);
  await insertSessions(fixtures, sessions);
  const settings = options.settings ?? {};
  return { people, settings, options: OPTIONS, customFields: CUSTOM_FIELDS, sessions };
}

async function settle(
  { connection }: Store,
  organisationId: string,
  settings: Partial<OrganisationSettings>,
  customFields: CustomField[],
): Promise<void> {
  await connection.model('Organisation').updateOne({ _id: organisationId }, { settings, customFields });
}

async function createOptions({ connection }: Store, organisationId: string): Promise<void> {
  await connection.model('Option').insertMany(
    OPTIONS.map((option) => ({
      ...{ ...option, organisationId, importId: null, importRow: null, createdAt: new Date() },
      keys: [...new Set([option.label.toLowerCase(), option.value])],
    })),
  );
}

function randomSessions(
  random: Random,
  { mentors, sessions, days }: { mentors: number; sessions: number; days: number },
  gapMinutes: number,
): OracleSession[] {
  const made: OracleSession[] = [];
  const nowMs = Math.floor(Date.now() / MINUTE) * MINUTE;
  const june = (): number =>
    momentsOf(Date.UTC(2031, 5, 1 + random(days), 3 + random(14)), 'Asia/Kolkata')[0]!;
  const add = (mentor: string, start: number, minutes: number, given: Partial<OracleSession> = {}): void => {
    const end = start + minutes * MINUTE;
    const gap = (GUESTS.includes(mentor) ? GUESTS_GAP_MINUTES : gapMinutes) * MINUTE;
    const isTaken = made.some(
      (s) => s.mentor === mentor && !s.cancelled && start <= s.end + gap && s.start <= end + gap,
    );
    if (isTaken && !given.cancelled) return;
    const id = createHash('md5').update(`${mentor} ${start} ${made.length}`).digest('hex').slice(0, 24);
    made.push({ ...randomSession(random, mentor, made.length), id, start, end, ...given });
  };
  for (let n = 0; n < sessions; n += 1) add(mentorEmail(random(mentors)), june(), oneOf(random, [30, 60]));
  const few = Math.ceil(sessions / 20);
  for (let n = 0; n < few; n += 1) {
    add(mentorEmail(random(mentors)), nowMs - 2 * HOUR, 1440);
    add(mentorEmail(random(mentors)), nowMs - 50 * HOUR - random(100) * HOUR, 60);
    add(mentorEmail(random(mentors)), june(), 60, { cancelled: true });
    add(oneOf(random, GUESTS), june(), 60, { foreign: true });
  }
  return made;
}

function randomSession(
  random: Random,
  mentor: string,
  n: number,
): Omit<OracleSession, 'id' | 'start' | 'end'> {
  const none = { link: null, meetingId: null, passcode: null };
  return {
    ...{ foreign: false, cancelled: false, title: `Earlier session ${n}`, description: 'Made before' },
    ...{ type: random(4) === 0 ? 'PRIVATE' : 'PUBLIC', mentor },
    mentees: [
      { email: menteeEmail(random(20)), enrolment: 'invited' },
      { email: menteeEmail(20 + random(19)), enrolment: oneOf(random, ['invited', 'self']) },
    ],
    zone: oneOf(random, ['Asia/Kolkata', 'Asia/Kolkata', 'UTC', 'Europe/Paris']),
    options: { recommendedFor: ['teachers'], categories: ['communication', 'life_skills'], medium: ['en'] },
    meeting: oneOf(random, [
      { platform: 'BBB', ...none },
      { platform: 'GOOGLE_MEET', ...none, link: 'https://meet.google.com/abc-defg-hij' },
      { platform: 'ZOOM', link: 'https://zoom.us/j/1234567890', meetingId: '1234567890', passcode: '42' },
    ]),
    custom: { region: 'North', hall: 'Hall 1' },
  };
}

async function insertSessions(
  { store, organisation, otherOrganisation }: Fixtures,
  sessions: readonly OracleSession[],
): Promise<void> {
  const users = new Map((await store.users.listUsers()).map(({ email, id }) => [email, id]));
  const documents = sessions.map(({ row: _row, options, ...session }) => {
    const { id, foreign, cancelled, mentor, mentees, zone, ...plain } = session;
    return {
      ...{ ...plain, ...options, _id: id, timeZone: zone, version: 1 },
      organisationId: foreign ? otherOrganisation.id : organisation.id,
      mentorId: users.get(mentor),
      mentees: mentees.map(({ email, enrolment }) => ({ userId: users.get(email), enrolment })),
      cancelledAt: cancelled ? new Date() : null,
      createdBy: users.get('manager@example.org'),
      ...{ createdAt: new Date(), updatedAt: new Date() },
    };
  });
  await store.connection.model('Session').insertMany(documents);
}
