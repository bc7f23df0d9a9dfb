import type { RowStatus } from '@mentorline/domain';
import t from 'tap';
import { NO_ROWS, newId, type SessionScope } from '../src/index.ts';
import { buildSession, buildUpload, DAY_MS, HOUR_MS } from './builders.ts';
import { openStore } from './open-store.ts';

const SESSIONS = 2_000;
const IMPORTS = 200;
const PEOPLE = 400;
const CHUNKS = 200;
const CHUNK_ROWS = 5;
const PARTITIONS = 4;
const PAGE = 20;
/** The page itself, what its filters leave out on the way, and one more from each scope. */
const PAGE_DOCS = 3 * PAGE;
const DUE = new Date(Date.now() - HOUR_MS);

/** What the profiler tells of one operation. */
interface Operation {
  op: string;
  ns: string;
  planSummary?: string;
  docsExamined?: number;
  hasSortStage?: boolean;
  command?: { pipeline?: readonly object[] };
}

/** Counting all that match, for the `total` of a page, has to look at them all. */
function isCount({ command }: Operation): boolean {
  return command?.pipeline?.some((stage) => '$group' in stage) ?? false;
}

t.test('every verb finds what it looks for by an index', async (t) => {
  const store = await openStore(t);
  const db = store.connection.db!;
  const [organisationId, otherId] = [newId(), newId()];
  const mentors = Array.from({ length: 20 }, newId);
  const mentee = newId();
  const now = new Date(DAY_MS);

  await store.organisations.createOrganisation({ name: 'Example Schools', relatedOrganisations: [otherId] });
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
      Array.from({ length: SESSIONS }, (_, n) => ({
        id: newId(),
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
  const importIds: string[] = [];
  for (let n = 0; n < IMPORTS; n += 1) {
    const upload = buildUpload({ organisationId: n % 2 ? organisationId : otherId });
    importIds.push((await store.imports.acceptImport(upload, new Date(DUE.getTime() + n))).id);
  }
  const importId = importIds[0]!;
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  await store.imports.claimImport(importId, 'owner', HOUR_MS, pool);
  await store.imports.moveImport(importId, 'owner', { from: 'queued', to: 'staging' }, {});
  await store.imports.beginApplying(importId, 'owner', {
    rowsTotal: CHUNKS * CHUNK_ROWS,
    landmarks: [],
    partitions: PARTITIONS,
  });
  const mailIds: string[] = [];
  await store.transaction(async (transaction) => {
    mailIds.length = 0;
    for (const id of importIds) {
      mailIds.push(
        await store.mails.addMail(transaction, {
          organisationId,
          kind: 'import-report',
          importId: id,
          to: { name: 'Priya Menon', address: 'manager@example.org' },
          messageId: `<${id}@example.org>`,
          date: DUE,
        }),
      );
    }
  });
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const status: RowStatus = chunk % 50 === 49 ? 'Invalid' : 'Published';
    await store.transaction((transaction) =>
      store.results.insertResults(transaction, {
        importId,
        partition: chunk % PARTITIONS,
        rows: Array.from({ length: CHUNK_ROWS }, (_, n) => ({
          row: chunk * CHUNK_ROWS + n + 1,
          action: 'Create',
          status,
          sessionId: null,
          note: '',
          errors: [],
          cells: [],
        })),
      }),
    );
  }
  const file = await store.files.writeFile('sessions.csv', {}, [Buffer.alloc(3 * 1024 * 1024)]);

  const read = async (source: AsyncIterable<unknown>, most = Number.POSITIVE_INFINITY): Promise<void> => {
    let seen = 0;
    for await (const _ of source) if (++seen >= most) break;
  };
  /** Runs a verb under the profiler; `mostDocs` bounds how many documents its reads may look at. */
  const plan = async (title: string, run: () => Promise<unknown>, mostDocs: number): Promise<void> => {
    await db.setProfilingLevel('all');
    await run();
    await db.setProfilingLevel('off');
    const profile = db.collection('system.profile');
    const operations = (await profile
      .find({ ns: { $not: /system\.profile$/ } })
      .toArray()) as unknown as Operation[];
    await profile.drop();
    const reads = operations.filter((operation) => !isCount(operation));
    const examined = reads.reduce((sum, { docsExamined = 0 }) => sum + docsExamined, 0);
    const plans = operations.map(({ op, ns, planSummary, hasSortStage }) =>
      [op, ns.split('.').slice(1).join('.'), planSummary, hasSortStage ? 'SORT' : ''].join(' ').trim(),
    );
    t.ok(operations.length > 0, `${title}: the profiler saw it`);
    t.notMatch(plans.join('\n'), /COLLSCAN|SORT$/m, `${title}: ${plans.join(' | ')}`);
    t.ok(examined <= mostDocs, `${title}: looks at ${examined} documents, ${mostDocs} at most`);
  };

  const { organisations, users, options, slots, sessions, imports, results, mails, leases, files } = store;
  await plan('organisationsInReach', () => organisations.organisationsInReach(otherId), 1);
  await plan('findUserByEmail', () => users.findUserByEmail('mentor7@example.org'), 1);
  await plan('listUsers', () => users.listUsers(organisationId), PEOPLE / 2);
  await plan('findUsers', () => users.findUsers([user!.id, newId()]), 1);
  const organisation = { id: organisationId, relatedOrganisations: [otherId] };
  const references = ['mentor3@example.org', 'mentor4@example.org', 'nobody@example.org', user!.id, newId()];
  await plan('findPeople', () => users.findPeople(organisation, references), 4);
  await plan('findPeople by address', () => users.findPeople(organisation, references.slice(0, 3)), 3);
  await plan('findPeople by id', () => users.findPeople(organisation, references.slice(3)), 2);

  await plan('loadCatalogue', () => options.loadCatalogue(organisationId), 300);
  const values = Array.from({ length: 10 }, (_, n) => ({
    field: 'categories' as const,
    value: `topic_${n}`,
  }));
  await plan('labelsOf', () => options.labelsOf([organisationId, otherId], values), 10);
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
    store.transaction((transaction) => slots.lockCalendars(transaction, { organisationId }, requests));
  // The locks, and of each mentor the sessions of two days: one every twenty hours.
  await plan('lockCalendars', lock, mentors.length + mentors.length * 4);

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
      await plan(`listSessions of ${name}, ${direction}`, () => sessions.listSessions(query, now), PAGE_DOCS);
      const page = { ...query, after: deep };
      await plan(`its page far down, ${direction}`, () => sessions.listSessions(page, now), PAGE_DOCS);
      const window = { ...query, from: new Date(DAY_MS + 50 * HOUR_MS), to: new Date(DAY_MS + 90 * HOUR_MS) };
      await plan(`of two days, ${direction}`, () => sessions.listSessions(window, now), PAGE_DOCS);
    }
    await plan(`findSession of ${name}`, () => sessions.findSession(newId(), scope, now), 1);
  }
  await plan('findExisting', () => sessions.findExisting(organisationId, [newId(), newId()]), 2);

  await plan('findImport', () => imports.findImport(importId, organisationId), 1);
  await plan('listImports', () => imports.listImports(organisationId, { limit: PAGE }), PAGE);
  const after = { acceptedAt: new Date(DUE.getTime() + 20), id: newId() };
  await plan('listImports far down', () => imports.listImports(organisationId, { after, limit: PAGE }), PAGE);
  const queued = { status: 'queued' as const, limit: PAGE };
  await plan('listImports by status', () => imports.listImports(organisationId, queued), IMPORTS);
  await plan('listWaitingImports', () => imports.listWaitingImports(PAGE), PAGE + 1);
  await plan('claimImport', () => imports.claimImport(importIds[1]!, 'owner', HOUR_MS, pool), 2);
  await plan('renewImportLease', () => imports.renewImportLease(importId, 'owner', HOUR_MS), 1);
  await plan('releaseImport', () => imports.releaseImport(importIds[1]!, 'owner', HOUR_MS), 1);
  await plan('countRows', () => imports.countRows(importId), PARTITIONS);
  await plan('readCheckpoints', () => imports.readCheckpoints(importId), PARTITIONS);
  const chunk = { importId, partition: 1, from: 0, to: 5, counts: NO_ROWS };
  await plan(
    'advanceCheckpoint',
    () => store.transaction((transaction) => imports.advanceCheckpoint(transaction, chunk)),
    1,
  );

  await plan('readResults', () => read(results.readResults(importId, PARTITIONS)), CHUNKS);
  const end = CHUNKS * CHUNK_ROWS - PAGE;
  await plan(
    'readResults far down',
    () => read(results.readResults(importId, PARTITIONS, { after: end })),
    2 * PARTITIONS,
  );
  await plan(
    'readResults of one status',
    () => read(results.readResults(importId, PARTITIONS, { after: 0, status: 'Invalid' })),
    CHUNKS / 50,
  );

  await plan('listWaitingMails', () => mails.listWaitingMails(PAGE), PAGE);
  await plan('claimMail', () => mails.claimMail(mailIds[0]!, 'owner', HOUR_MS), 1);
  await plan('renewMailLease', () => mails.renewMailLease(mailIds[0]!, 'owner', HOUR_MS), 1);
  await plan('settleMail', () => mails.settleMail(mailIds[0]!, 'owner', { status: 'sent' }), 1);
  await plan('findMails', () => mails.findMails(mailIds.slice(0, 5)), 5);

  await plan('holdRole', () => leases.holdRole('dispatcher', 'owner', HOUR_MS), 2);
  await plan('giveUpRole', () => leases.giveUpRole('dispatcher', 'owner'), 1);
  await plan('readFile', () => read(files.readFile(file.id)), 4);
  await plan(
    'readFile, a part',
    () => read(files.readFile(file.id, { start: 2_500_000, end: 2_600_000 })),
    2,
  );
  await plan('deleteFile', () => files.deleteFile(file.id), 4);
});
