import t from 'tap';
import { newId, type SessionScope, type UserQuery } from '../src/index.ts';
import { buildSession, DAY_MS, HOUR_MS } from './builders.ts';
import { openStore } from './open-store.ts';
import { checkPlan } from './query-plan.ts';

const SESSIONS = 2_000;
const PEOPLE = 400;
const PAGE = 20;
/** The page itself, what its filters leave out on the way, and one more from each scope. */
const PAGE_DOCS = 3 * PAGE;

t.test(
  'every verb for people, options, sessions and files finds what it looks for by an index',
  async (t) => {
    const store = await openStore(t);
    const [organisationId, otherId] = [newId(), newId()];
    const mentors = Array.from({ length: 20 }, newId);
    const mentee = newId();
    const now = new Date(DAY_MS);
    const stored = Array.from({ length: SESSIONS }, newId);
    const sessionIds = stored.slice(0, PAGE);

    await store.organisations.createOrganisation({
      name: 'Example Schools',
      relatedOrganisations: [otherId],
    });
    await store.users.createUsers(
      Array.from({ length: PEOPLE }, (_, n) => ({
        organisationId: n % 2 ? organisationId : otherId,
        email: `mentor${n}@example.org`,
        name: `Mentor ${n}`,
        roles: ['mentor' as const],
      })),
    );
    const [user] = await store.users.listUsers(organisationId);
    await store.slots.ensureLocks(mentors);
    await store.transaction((transaction) =>
      store.sessions.insertSessions(
        transaction,
        { userId: newId(), at: now, importId: newId() },
        stored.map((id, n) => ({
          id,
          row: n + 1,
          session: buildSession({
            organisationId: n % 3 ? organisationId : otherId,
            mentorId: mentors[n % mentors.length]!,
            mentees: n % 10 ? [] : [{ userId: mentee, enrolment: 'invited' }],
            type: n % 5 ? 'PUBLIC' : 'PRIVATE',
            startMs: DAY_MS + n * HOUR_MS,
            endMs: DAY_MS + n * HOUR_MS + HOUR_MS / 2,
          }),
        })),
      ),
    );
    await store.transaction((transaction) =>
      store.options.claimOptions(
        transaction,
        { organisationId },
        Array.from({ length: 300 }, (_, n) => ({
          field: 'categories' as const,
          value: `topic_${n}`,
          label: `Topic ${n}`,
          row: null,
        })),
      ),
    );
    const file = await store.files.writeFile('sessions.csv', {}, [Buffer.alloc(3 * 1024 * 1024)]);

    const read = async (source: AsyncIterable<unknown>, most = Number.POSITIVE_INFINITY): Promise<void> => {
      let seen = 0;
      for await (const _ of source) if (++seen >= most) break;
    };
    const plan = (title: string, run: () => Promise<unknown>, mostDocs: number): Promise<void> =>
      checkPlan(t, store, { title, run }, { mostDocs });

    const { organisations, users, options, slots, sessions, leases, files } = store;
    await plan('organisationsInReach', () => organisations.organisationsInReach(otherId), 1);
    await plan('findUserByEmail', () => users.findUserByEmail('mentor7@example.org'), 1);
    await plan('listUsers', () => users.listUsers(organisationId), PEOPLE / 2);
    await plan('findUsers', () => users.findUsers([user!.id, newId()]), 1);
    const organisation = { id: organisationId, relatedOrganisations: [otherId] };
    const references = [
      'mentor3@example.org',
      'mentor4@example.org',
      'nobody@example.org',
      user!.id,
      newId(),
    ];
    await plan('findPeople', () => users.findPeople(organisation, references), 4);
    await plan('findPeople by address', () => users.findPeople(organisation, references.slice(0, 3)), 3);
    await plan('findPeopleById', () => users.findPeopleById([user!.id, newId()]), 2);
    await plan('findPeople by id', () => users.findPeople(organisation, references.slice(3)), 2);

    const directory = { organisationIds: [organisationId, otherId], active: true, words: [], limit: PAGE };
    const among: Record<string, Partial<UserQuery>> = {
      everybody: {},
      mentors: { role: 'mentor' },
      'mentors, by a beginning that all share': { role: 'mentor', words: ['men'] },
      'mentors, by a name': { role: 'mentor', words: ['mentor', '17'] },
      'those of a designation': { designation: 'Head teacher' },
      'those of a designation, by a name': { designation: 'Head teacher', words: ['mentor'] },
      'those who are inactive': { active: false },
    };
    for (const [name, more] of Object.entries(among)) {
      for (const direction of [1, -1] as const) {
        const query = { ...directory, ...more, direction };
        // A page from each organisation, to be merged.
        const expected = { mostDocs: 3 * PAGE, countsByIndex: true };
        const list = () => users.listDirectory(query);
        await checkPlan(t, store, { title: `listDirectory of ${name}, ${direction}`, run: list }, expected);
        const after = { name: 'mentor 3', id: newId() };
        const further = () => users.readDirectoryPage({ ...query, after });
        await checkPlan(t, store, { title: `${name}, further down, ${direction}`, run: further }, expected);
      }
    }
    await plan('findOwnUser', () => users.findOwnUser(organisationId, user!.id), 1);

    await plan('listOptions', () => options.listOptions(organisationId, 'categories'), 300);
    await plan('findOption', () => options.findOption(organisationId, 'categories', 'TOPIC 7'), 1);
    await plan('loadCatalogue', () => options.loadCatalogue(organisationId), 300);
    const values = Array.from({ length: 10 }, (_, n) => ({
      field: 'categories' as const,
      value: `topic_${n}`,
    }));
    const named = [organisationId, otherId].flatMap((id) =>
      values.map((value) => ({ organisationId: id, ...value })),
    );
    await plan('labelsOf', () => options.labelsOf(named), 10);
    const categories = values.map(({ value }) => value.replace('_', ' '));
    const names = { recommendedFor: ['Nobody'], categories, medium: [] };
    await plan('loadNamed', () => options.loadNamed(organisationId, names), 10);
    const claims = values.map(({ field, value }) => ({ field, value, label: value, row: 1 }));
    const claim = () =>
      store.transaction((transaction) => options.claimOptions(transaction, { organisationId }, claims));
    await plan('claimOptions', claim, 10);

    await plan('ensureLocks', () => slots.ensureLocks([newId(), newId()]), 0);
    const requests = mentors.map((mentorId, n) => ({
      mentorId,
      slot: { startMs: DAY_MS + n * 100 * HOUR_MS, endMs: DAY_MS + (n * 100 + 1) * HOUR_MS },
      slotGapMinutes: 0,
    }));
    const lock = () =>
      store.transaction(async (transaction) => {
        const locked = await slots.lockMentors(transaction, { organisationId }, mentors);
        return locked.readCalendars(requests);
      });
    // The locks, and of each mentor the sessions of two days: one every twenty hours.
    await plan('lockMentors and readCalendars', lock, mentors.length + mentors.length * 4);

    await plan('peekCalendars', () => slots.peekCalendars({ organisationId }, requests), mentors.length * 4);

    const scopes: Record<string, readonly SessionScope[]> = {
      organisation: [{ kind: 'organisation', organisationId }],
      mentor: [{ kind: 'mentor', mentorId: mentors[0]! }],
      'organisation or mentor': [
        { kind: 'organisation', organisationId },
        { kind: 'mentor', mentorId: mentors[0]! },
      ],
      mentee: [{ kind: 'mentee', menteeId: mentee, organisationIds: [organisationId, otherId] }],
      'mentor or mentee': [
        { kind: 'mentor', mentorId: mentors[0]! },
        { kind: 'mentee', menteeId: mentee, organisationIds: [organisationId] },
      ],
    };
    const deep = { start: new Date(DAY_MS + (SESSIONS - 200) * HOUR_MS), id: newId() };
    for (const [name, scope] of Object.entries(scopes)) {
      for (const direction of [1, -1] as const) {
        const query = { scopes: scope, direction, limit: PAGE };
        await plan(
          `listSessions of ${name}, ${direction}`,
          () => sessions.listSessions(query, now),
          PAGE_DOCS,
        );
        const page = { ...query, after: deep };
        await plan(`its page far down, ${direction}`, () => sessions.readSessionPage(page, now), PAGE_DOCS);
        const window = {
          ...query,
          from: new Date(DAY_MS + 50 * HOUR_MS),
          to: new Date(DAY_MS + 90 * HOUR_MS),
        };
        await plan(`of two days, ${direction}`, () => sessions.listSessions(window, now), PAGE_DOCS);
      }
      await plan(`findSession of ${name}`, () => sessions.findSession(newId(), scope, now), 1);
    }
    await plan('readSessions', () => sessions.readSessions(organisationId, sessionIds), PAGE);
    await plan('findMentors', () => sessions.findMentors(organisationId, sessionIds), PAGE);
    const found = [...(await sessions.readSessions(organisationId, sessionIds)).values()];
    const update = () =>
      store.transaction((transaction) => sessions.updateSessions(transaction, { at: now }, found));
    await plan('updateSessions', update, PAGE);
    // Only what is due is looked at, however many sessions there are to be told of later.
    await plan('listDueSessions', () => sessions.listDueSessions(now, PAGE), PAGE);
    const told = () =>
      store.transaction(async (transaction) => {
        const due = await sessions.readDueSessions(transaction, sessionIds, now);
        await sessions.noteTold(transaction, due, now);
      });
    await plan('readDueSessions and noteTold', told, 2 * PAGE);
    await plan('isInSession', () => sessions.isInSession(sessionIds[0]!, mentee, now), 1);
    await plan('postponeTelling', () => sessions.postponeTelling(sessionIds[0]!, now, now), 1);
    const { suppressions } = store;
    const people = Array.from({ length: 200 }, (_, n) => ({
      ...{ id: newId(), organisationId: n % 2 ? organisationId : otherId, email: `reader${n}@example.org` },
    }));
    for (const person of people.slice(1)) await suppressions.noteBounce(person, now);
    const address = people[7]!.email;
    await plan('findSuppressed', () => suppressions.findSuppressed([address, 'nobody@example.org']), 1);
    await plan('liftBounce', () => suppressions.liftBounce(people[9]!.email), 1);
    await plan('noteBounce', () => suppressions.noteBounce(people[0]!, now), 0);
    const page = { after: 'f'.repeat(24), limit: PAGE };
    await plan('listSuppressions', () => suppressions.listSuppressions(organisationId, page), PAGE);
    const lift = () =>
      store.transaction((transaction) => suppressions.liftSuppression(transaction, organisationId, newId()));
    await plan('liftSuppression', lift, 0);
    const [withImage] = sessionIds;
    const picture = { contentType: 'image/png' as const, sizeBytes: 1, width: 1, height: 1, fileId: newId() };
    const setImage = () =>
      store.transaction(async (transaction) => {
        await sessions.readImage(transaction, withImage!);
        await sessions.setImage(transaction, withImage!, picture);
      });
    await plan('readImage and setImage', setImage, 2);

    await plan('holdRole', () => leases.holdRole('dispatcher', 'owner', HOUR_MS), 2);
    await plan('giveUpRole', () => leases.giveUpRole('dispatcher', 'owner'), 1);
    await plan('readFile', () => read(files.readFile(file.id)), 4);
    await plan(
      'readFile, a part',
      () => read(files.readFile(file.id, { start: 2_500_000, end: 2_600_000 })),
      2,
    );
    await plan('deleteFile', () => files.deleteFile(file.id), 4);
  },
);
