import type { RowStatus } from '@mentorline/domain';
import { Types } from 'mongoose';
import t from 'tap';
import { type ImportMode, NO_ROWS, newId, type SessionChanges } from '../src/index.ts';
import { buildSession, DAY_MS, HOUR_MS } from './builders.ts';
import { accept, LONG_MS, openPool } from './imports.ts';
import { openStore } from './open-store.ts';
import { checkPlan } from './query-plan.ts';

const IMPORTS = 200;
const CHUNKS = 200;
const CHUNK_ROWS = 5;
const PARTITIONS = 4;
const SHARDS = 2;
const PAGE = 20;
const DUE = new Date(Date.now() - HOUR_MS);
const DOMAIN = 'example.org';
const KINDS = ['sessions', 'undo'] as const;

t.test('every verb for imports, results and mails finds what it looks for by an index', async (t) => {
  const store = await openStore(t);
  const { imports, turns, shards, results, mails } = store;
  const [organisationId, otherId] = [newId(), newId()];
  const pool = openPool(t, store);
  const importIds: string[] = [];
  for (let n = 0; n < IMPORTS; n += 1) {
    const upload = { organisationId: n % 2 ? organisationId : otherId, sha256: `${n % 50}` };
    importIds.push((await accept(store, upload, new Date(DUE.getTime() + n))).id);
  }
  const importId = importIds[0]!;
  await imports.claimImport(importId, 'owner', LONG_MS, pool);
  await imports.moveImport(importId, 'owner', { from: 'queued', to: 'staging' }, {});
  const staged = { rowsTotal: CHUNKS * CHUNK_ROWS, landmarks: [], partitions: PARTITIONS, shards: SHARDS };
  await imports.beginApplying(pool, importId, 'owner', staged);
  // What imports that have ended have left.
  const ended = Array.from({ length: 300 }, () => ({ importId: new Types.ObjectId(), done: true, shard: 0 }));
  await store.connection.collection('importShards').insertMany(ended);
  // Organisations that have nothing running at the moment.
  for (let n = 0; n < 100; n += 1) {
    const organisation = newId();
    await turns.takeTurn(organisation, 'owner', LONG_MS);
    await turns.endTurn(organisation, 'owner');
  }
  const mailIds = await store.transaction(async (transaction) => {
    const ids: string[] = [];
    for (const id of importIds.slice(0, -2)) {
      const to = { name: 'Priya Menon', address: 'manager@example.org' };
      const mail = { organisationId, kind: 'import-report', importId: id, to, date: DUE } as const;
      ids.push(await mails.addMail(transaction, { ...mail, messageId: `<${id}@${DOMAIN}>` }));
    }
    return ids;
  });
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const status: RowStatus = chunk % 50 === 49 ? 'Invalid' : 'Published';
    const rows = Array.from({ length: CHUNK_ROWS }, (_, n) => ({
      ...{ row: chunk * CHUNK_ROWS + n + 1, action: 'Create', status, sessionId: null, note: '' },
      ...{ errors: [], cells: [] },
    }));
    await store.transaction((transaction) =>
      results.insertResults(transaction, { importId, partition: chunk % PARTITIONS, rows }),
    );
  }

  const read = async (source: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of source);
  };
  const plan = (title: string, run: () => Promise<unknown>, mostDocs: number, sorts = false): Promise<void> =>
    checkPlan(t, store, { title, run }, { mostDocs, sorts });

  await plan('findImport', () => imports.findImport(importId, organisationId), 1);
  const list = (page: Partial<Parameters<typeof imports.listImports>[1]>) => () =>
    imports.listImports(organisationId, { kinds: KINDS, limit: PAGE, ...page });
  await plan('listImports', list({}), PAGE);
  const after = { acceptedAt: new Date(DUE.getTime() + 20), id: newId() };
  await plan('listImports far down', list({ after }), PAGE);
  // All that are not finished, of which there are not many.
  await plan('measureImports', () => store.backlog.measureImports(), IMPORTS);
  // Counted to a limit, and of each priority the one that is due longest.
  await plan('measureOutbox', () => store.backlog.measureOutbox(), IMPORTS + 3);
  await plan('listImports by status', list({ status: 'queued' }), IMPORTS);
  const file = { organisationId, sha256: '7', kind: 'sessions', mode: 'apply' } as const;
  await plan('findSameFile', () => imports.findSameFile(file, new Date()), 4);
  // All that wait, then one turn of each organisation; what is sorted at the end is one document an organisation.
  const waiting = () => imports.listWaitingImports(PAGE);
  await plan('listWaitingImports', waiting, IMPORTS + 2, true);
  await plan('claimImport', () => imports.claimImport(importIds[1]!, 'owner', LONG_MS, pool), 2);
  await plan('renewImportLease', () => imports.renewImportLease(importId, 'owner', LONG_MS), 1);
  await plan('releaseImport', () => imports.releaseImport(importIds[1]!, 'owner', LONG_MS), 1);
  await plan('isCancelRequested', () => imports.isCancelRequested(importId), 1);
  await plan('cancelImport, running', () => imports.cancelImport(importId, DUE), 2);
  await plan('countRows', () => imports.countRows(importId), PARTITIONS);

  await plan('takeTurn', () => turns.takeTurn(organisationId, 'owner', LONG_MS), 1);
  await plan('renewTurn', () => turns.renewTurn(organisationId, 'owner', LONG_MS), 1);
  await plan('longestRunning', () => turns.longestRunning(), 1, true);
  await plan('endTurn', () => turns.endTurn(organisationId, 'owner'), 1);

  await plan('readCheckpoints', () => shards.readCheckpoints(importId), PARTITIONS);
  const chunk = { importId, partition: 1, from: 0, to: 5, counts: NO_ROWS };
  const advance = () => store.transaction((transaction) => shards.advanceCheckpoint(transaction, chunk));
  await plan('advanceCheckpoint', advance, 1);
  await plan('listWaitingShards', () => shards.listWaitingShards(PAGE), 2 * SHARDS);
  const claim = () =>
    shards.claimShard({ id: importId, shards: SHARDS }, 'owner', LONG_MS, pool, { littleRows: 1 });
  await plan('claimShard', claim, SHARDS + PARTITIONS + 1);
  const shard = { importId, shard: 0 };
  await plan('renewShard', () => shards.renewShard(shard, 'owner', LONG_MS, 5), 1);
  const trial = { partition: 0, fromRow: 1, toRow: 2 };
  await plan('noteTrial', () => shards.noteTrial(shard, 'owner', trial), 1);
  await plan('releaseShard', () => shards.releaseShard({ importId, shard: 1 }, 'owner', 5), 1);
  await plan('countUnfinished', () => shards.countUnfinished(importId), SHARDS);
  await plan('finishShard', () => shards.finishShard(shard, 'owner'), 1);
  const close = () => store.transaction((transaction) => shards.closeShards(transaction, importId));
  await plan('closeShards', close, PARTITIONS + SHARDS);

  await plan('readResults', () => read(results.readResults(importId, PARTITIONS)), CHUNKS);
  const end = { after: CHUNKS * CHUNK_ROWS - PAGE };
  const farDown = () => read(results.readResults(importId, PARTITIONS, end));
  await plan('readResults far down', farDown, 2 * PARTITIONS);
  const invalid = () => read(results.readResults(importId, PARTITIONS, { after: 0, status: 'Invalid' }));
  await plan('readResults of one status', invalid, CHUNKS / 50);

  const sessionId = newId();
  await store.transaction((transaction) =>
    mails.addMails(
      transaction,
      Array.from({ length: 40 }, (_, n) => ({
        ...{ organisationId, kind: 'session-reminder' as const, date: new Date(Date.now() + HOUR_MS) },
        ...{ to: { name: 'Meera Iyer', address: 'meera.iyer@example.org' }, messageId: `<${n}@${DOMAIN}>` },
        session: {
          ...{ sessionId: n % 2 ? sessionId : newId(), version: 1, userId: newId(), role: 'mentee' as const },
          ...{ timeZone: 'UTC', title: 'Leading', start: DUE, end: DUE },
          ...{ mentor: { name: 'Asha', address: 'asha.rao@example.org' }, reminderMinutes: 60 },
        },
      })),
    ),
  );
  await plan('listSessionMails', () => mails.listSessionMails(sessionId, { limit: 10 }), 10);
  await plan('listWaitingMails', () => mails.listWaitingMails(PAGE), PAGE);
  await plan('claimMail', () => mails.claimMail(mailIds[0]!, 'owner', LONG_MS), 2);
  await plan('renewMailLease', () => mails.renewMailLease(mailIds[0]!, 'owner', LONG_MS), 1);
  const failed = { status: 'failed', error: '550' } as const;
  await plan('noteLighter', () => mails.noteLighter(mailIds[0]!, 'owner', '<lighter@example.org>'), 1);
  await plan('putBack', () => mails.putBack(mailIds[0]!, 'owner'), 1);
  await mails.claimMail(mailIds[0]!, 'owner', LONG_MS);
  await plan('settleMail', () => mails.settleMail(mailIds[0]!, 'owner', failed), 1);
  const claimed = mailIds.slice(2, 7);
  await plan('claimMails', () => mails.claimMails(claimed, 'owner', LONG_MS), 2 * claimed.length);
  const sent = claimed.map((id) => ({ id, owner: 'owner', answer: '250 ok' }));
  await plan('noteSent', () => mails.noteSent(sent), claimed.length);
  await mails.claimMail(mailIds[1]!, 'owner', LONG_MS);
  await mails.settleMail(mailIds[1]!, 'owner', { status: 'failed', error: '550 no such user' });
  const sendAgain = () => store.transaction((transaction) => mails.sendAgain(transaction, mailIds[1]!, DUE));
  await plan('sendAgain', sendAgain, 2);
  await plan('findMails', () => mails.findMails(mailIds.slice(0, 5)), 5);
});

t.test('every look into a book goes by an index, however much a dry run has noted', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const mentors = Array.from({ length: 10 }, newId);
  const sourceOf = () => ({ organisationId, importId: newId(), userId: newId() });
  const hours = (n: number) => ({ startMs: DAY_MS + n * HOUR_MS, endMs: DAY_MS + (n + 0.5) * HOUR_MS });
  const published = (from: number, count: number): SessionChanges['published'] =>
    Array.from({ length: count }, (_, n) => {
      const mentorId = mentors[n % mentors.length]!;
      return {
        id: newId(),
        row: n + 1,
        session: buildSession({ organisationId, mentorId, ...hours(from + n) }),
      };
    });
  const stored = published(0, 1_000);
  await store.transaction((transaction) =>
    store.sessions.insertSessions(transaction, { userId: newId(), at: new Date() }, stored),
  );
  const ids = stored.slice(0, PAGE).map(({ id }) => id);
  // A dry run of another import, as large as its own.
  for (const mode of ['check', 'apply'] as const satisfies readonly ImportMode[]) {
    const source = sourceOf();
    for (const { importId } of mode === 'check' ? [sourceOf(), source] : []) {
      const book = store.sessionBook(mode, { ...source, importId });
      await store.transaction(async (transaction) => {
        const open = await book.open(transaction, mentors);
        const changed = [...(await open.readSessions(ids)).values()];
        await open.write({ published: published(2_000, 500), changed, claims: [] });
      });
    }
    const book = store.sessionBook(mode, source);
    await book.prepare(mentors);
    const plan = (title: string, run: () => Promise<unknown>, mostDocs: number): Promise<void> =>
      checkPlan(t, store, { title: `${mode}: ${title}`, run }, { mostDocs });
    // Of each mentor a session every ten hours, and the locks.
    const windowDocs = mentors.length * 8;
    const requests = mentors.map((mentorId) => ({ mentorId, slot: hours(2_100), slotGapMinutes: 0 }));
    const readCalendars = () =>
      store.transaction(async (transaction) =>
        (await book.open(transaction, mentors)).readCalendars(requests),
      );
    await plan('readCalendars', readCalendars, windowDocs + mentors.length);
    const busy = mentors.map((mentorId) => ({ mentorId, slot: hours(5), slotGapMinutes: 0 }));
    const readBusy = () =>
      store.transaction(async (transaction) => (await book.open(transaction, mentors)).readCalendars(busy));
    await plan('readCalendars with changed sessions', readBusy, 2 * windowDocs + mentors.length);
    const readSessions = () =>
      store.transaction(async (transaction) => (await book.open(transaction, [])).readSessions(ids));
    await plan('readSessions', readSessions, 2 * PAGE);
    const change = () =>
      store.transaction(async (transaction) => {
        const open = await book.open(transaction, []);
        const changed = [...(await open.readSessions(ids)).values()];
        await open.write({ published: [], changed, claims: [] });
      });
    await plan('write', change, 3 * PAGE);
  }

  for (const mode of ['check', 'apply'] as const) {
    const people = Array.from({ length: 200 }, (_, n) => ({
      ...{ id: null, organisationId, email: `${mode}${n}@example.org`, name: `${n}` },
      ...{ roles: ['mentee' as const], active: true, designation: null },
    }));
    const book = store.userBook(mode, newId());
    await store.transaction((transaction) => book.write(transaction, people));
    const emails = people.slice(0, PAGE).map(({ email }) => email);
    const update = () =>
      store.transaction(async (transaction) =>
        book.write(transaction, [...(await book.readUsers(transaction, emails)).values()]),
      );
    const title = `${mode}: readUsers and write`;
    await checkPlan(t, store, { title, run: update }, { mostDocs: 3 * PAGE });
    const hold = () =>
      store.transaction((transaction) => book.holdAdministrators(transaction, organisationId));
    await checkPlan(t, store, { title: `${mode}: holdAdministrators`, run: hold }, { mostDocs: PAGE });
  }
});
