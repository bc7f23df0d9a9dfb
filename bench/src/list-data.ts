import { newId } from '@mentorline/store';
import { type Fixtures, randomNumbers } from '@mentorline/testkit';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WORKING_HOURS = 10;
const BATCH = 1_000;
/** One user in fifty is a mentor. */
const MENTOR_EVERY = 50;
const PRIVATE_EVERY = 10;
/** Few of them: what is rare must be found without reading what is common. */
const RARE_EVERY = 5_000;
const CANCELLED_EVERY = 100;
const CATEGORIES = ['communication', 'life_skills', 'leadership', 'inclusion', 'school_safety'];
const DESIGNATIONS = ['Teacher', 'Head teacher', 'Block education officer', 'Counsellor', null];
export const FIRST_NAMES = syllables(300, 7);
export const LAST_NAMES = syllables(2_000, 11);
export const TITLE_WORDS = syllables(3_000, 13);

/** Made-up words, some of which begin alike. */
function syllables(count: number, seed: number): string[] {
  const random = randomNumbers(seed);
  const parts = [
    'ba',
    'che',
    'di',
    'go',
    'ha',
    'ka',
    'li',
    'ma',
    'na',
    'pra',
    'ra',
    'sha',
    'su',
    'ta',
    'vi',
    'ya',
  ];
  const words = new Set<string>();
  while (words.size < count) {
    words.add(Array.from({ length: 2 + random(3) }, () => parts[random(parts.length)]).join(''));
  }
  return [...words];
}

/** Words as texts have them: a few stand in many titles, most in few. */
export function oftenTheFirst<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(items.length * random() ** 3)]!;
}

/**
 * Fills the organisation of the fixtures: so many users, so many sessions before and after now, put into the database
 * directly.
 */
export async function fillLists(
  { store, organisation, users: accounts }: Fixtures,
  { sessions, users }: { sessions: number; users: number },
): Promise<void> {
  const random = randomNumbers(3);
  const unit = (): number => random(1_000_000) / 1_000_000;
  const organisationId = organisation.id;
  const pending = {
    mentors: [accounts.get('asha.rao@example.org')!.id],
    mentees: [accounts.get('meera.iyer@example.org')!.id],
  };
  for (let from = 0; from < users; from += BATCH) {
    await store.transaction((transaction) =>
      store.users.writeAccounts(
        transaction,
        Array.from({ length: Math.min(BATCH, users - from) }, (_, index) => {
          const n = from + index;
          const name = `${oftenTheFirst(FIRST_NAMES, unit)} ${oftenTheFirst(LAST_NAMES, unit)}`;
          return {
            ...{ id: null, organisationId, name, active: true },
            email: `${name.replace(' ', '.')}.${n}@example.org`,
            roles: [n % MENTOR_EVERY === 0 ? ('mentor' as const) : ('mentee' as const)],
            designation: DESIGNATIONS[n % DESIGNATIONS.length]!,
          };
        }),
      ),
    );
  }
  const people = store.connection.collection('users');
  for await (const { _id, roles } of people.find({}, { projection: { roles: 1 } })) {
    if (roles.includes('mentor')) pending.mentors.push(_id.toHexString());
    else if (roles.includes('mentee')) pending.mentees.push(_id.toHexString());
  }
  const { mentors, mentees } = pending;
  // Each mentor has one session a day, half of them before today.
  const firstMs = Math.floor(Date.now() / DAY_MS - sessions / mentors.length / 2) * DAY_MS;
  for (let from = 0; from < sessions; from += BATCH) {
    const made = Array.from({ length: Math.min(BATCH, sessions - from) }, (_, index) => {
      const n = from + index;
      const startMs = firstMs + Math.floor(n / mentors.length) * DAY_MS + (n % WORKING_HOURS) * HOUR_MS;
      const words = Array.from({ length: 5 }, () => oftenTheFirst(TITLE_WORDS, unit));
      return {
        id: newId(),
        session: {
          organisationId,
          title: `${words.join(' ')} ${n}`,
          description: 'How heads plan a year of change with their staff and the parents',
          type: n % PRIVATE_EVERY ? ('PUBLIC' as const) : ('PRIVATE' as const),
          mentorId: mentors[n % mentors.length]!,
          mentees: [{ userId: mentees[n % mentees.length]!, enrolment: 'invited' as const }],
          ...{ startMs, endMs: startMs + HOUR_MS, timeZone: 'Asia/Kolkata' },
          recommendedFor: ['teachers'],
          categories: [n % RARE_EVERY ? oftenTheFirst(CATEGORIES, unit) : 'rarely_used'],
          medium: ['english'],
          meeting: { platform: 'BBB' as const, link: null, meetingId: null, passcode: null },
          custom: {},
        },
      };
    });
    await store.transaction((transaction) =>
      store.sessions.insertSessions(transaction, { userId: newId(), at: new Date() }, made),
    );
  }
  await store.connection
    .collection('sessions')
    .updateMany(
      { title: { $regex: ` \\d*${String(CANCELLED_EVERY).slice(1)}$` } },
      { $set: { cancelledAt: new Date() } },
    );
}
