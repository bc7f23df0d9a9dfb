import { readHeader, sessionSheet } from '@mentorline/csv';
import { SESSION_COLUMNS, TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import t from 'tap';
import { IMPORT_KINDS, type Import, newId } from '../src/index.ts';
import { buildUpload, HOUR_MS } from './builders.ts';
import { accept } from './imports.ts';
import { openStore } from './open-store.ts';

t.test('an accepted upload is found as it was given, by its own organisation only', async (t) => {
  const { imports } = await openStore(t);
  const upload = buildUpload({ fileName: 'जून.csv', sizeBytes: 12_345, warnings: ['Unknown column: Region'] });
  const acceptedAt = new Date('2031-05-01T09:30:00.123Z');
  const accepted = await imports.acceptImport(upload, acceptedAt);
  t.match(accepted, { ...upload, acceptedAt, status: 'queued', attempts: 0, startedAt: null, partitions: 0 });
  const found = await imports.findImport(accepted.id, upload.organisationId);
  t.match(found, { ...upload, acceptedAt, status: 'queued', report: null, mailId: null, failure: null });
  t.same(Object.keys(found!).sort(), Object.keys(accepted).sort());
  t.equal(await imports.findImport(accepted.id, newId()), undefined);
  t.equal(await imports.findImport(newId()), undefined);
});

t.test('imports are listed newest first, page by page, each once', async (t) => {
  const store = await openStore(t);
  const { imports } = store;
  const organisationId = newId();
  const kinds = IMPORT_KINDS;
  // Ten of them accepted in the same millisecond.
  const times = Array.from({ length: 25 }, (_, n) => new Date(1_900_000_000_000 + Math.max(0, n - 10)));
  for (const at of times) await accept(store, { organisationId }, at);
  await accept(store, {}, times[3]!);

  const seen: Import[] = [];
  for (;;) {
    const last = seen.at(-1);
    const after = last ? { after: { acceptedAt: last.acceptedAt, id: last.id } } : {};
    const { items, total } = await imports.listImports(organisationId, { kinds, limit: 4, ...after });
    t.equal(total, times.length);
    if (items.length === 0) break;
    seen.push(...items);
  }
  t.equal(new Set(seen.map(({ id }) => id)).size, times.length);
  const sorted = seen.toSorted((a, b) => b.acceptedAt.getTime() - a.acceptedAt.getTime());
  t.same(
    seen.map(({ id }) => id),
    sorted.map(({ id }) => id),
  );
  const completed = { kinds, status: 'completed', limit: 4 } as const;
  t.same(await imports.listImports(organisationId, completed), { items: [], total: 0 });
  const queued = { kinds, status: 'queued', limit: 1 } as const;
  t.match(await imports.listImports(organisationId, queued), { total: times.length });
});

t.test('a list holds the kinds of imports that were asked for', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const sessions = await accept(store, { organisationId, kind: 'sessions' });
  const users = await accept(store, { organisationId, kind: 'users' });
  const undo = await store.imports.acceptUndo(sessions, sessions.uploadedBy, new Date());
  for (const [kinds, expected] of [
    [
      ['sessions', 'undo'],
      [sessions, undo],
    ],
    [['users'], [users]],
    [[], []],
  ] as const) {
    const { items, total } = await store.imports.listImports(organisationId, { kinds, limit: 10 });
    t.same(items.map(({ id }) => id).sort(), expected.map(({ id }) => id).sort());
    t.equal(total, expected.length);
  }
});

t.test('the same file is found if it came within the last 24 hours', async (t) => {
  const store = await openStore(t);
  const at = new Date('2031-05-02T12:00:00Z');
  const before = (ms: number): Date => new Date(at.getTime() - ms);
  const upload = buildUpload({ sha256: 'ab' });
  const asked = {
    organisationId: upload.organisationId,
    sha256: 'ab',
    kind: 'sessions',
    mode: 'apply',
  } as const;
  const find = async () => (await store.imports.findSameFile(asked, at))?.id;

  await accept(store, upload, before(24 * HOUR_MS + 1));
  await accept(store, upload, before(-1));
  t.equal(await find(), undefined, 'too long ago, or not yet');
  const latest = await accept(store, upload, before(1));
  t.equal(await find(), latest.id);
  const first = await accept(store, { ...upload, fileName: 'renamed.csv' }, before(24 * HOUR_MS - 1));
  await accept(store, upload, before(HOUR_MS));
  t.equal(await find(), first.id, 'the first of several, whatever its name');
});

t.test('another content, organisation, kind or mode is not the same file', async (t) => {
  const store = await openStore(t);
  const at = new Date();
  const upload = buildUpload({ sha256: 'ab' });
  const asked = {
    organisationId: upload.organisationId,
    sha256: 'ab',
    kind: 'sessions',
    mode: 'apply',
  } as const;
  const others = [
    { organisationId: newId() },
    { sha256: 'cd' },
    { kind: 'users' },
    { mode: 'check' },
  ] as const;
  for (const other of others) await accept(store, { ...upload, ...other }, at);
  t.equal(await store.imports.findSameFile(asked, at), undefined);
  for (const other of others) {
    t.match(await store.imports.findSameFile({ ...asked, ...other }, at), other);
  }
});

t.test('a file whose import failed or was cancelled may come again', async (t) => {
  const store = await openStore(t);
  const at = new Date();
  const upload = buildUpload({ sha256: 'ab' });
  const asked = {
    organisationId: upload.organisationId,
    sha256: 'ab',
    kind: 'sessions',
    mode: 'apply',
  } as const;
  const { id } = await accept(store, upload, at);
  for (const status of TERMINAL_IMPORT_STATUSES) {
    await store.connection.collection('imports').updateMany({}, { $set: { status } });
    const found = await store.imports.findSameFile(asked, at);
    t.equal(found?.id, status === 'completed' ? id : undefined, status);
  }
});

t.test('an undo is an import of its own, with the rules of the one it undoes and no file', async (t) => {
  const store = await openStore(t);
  const undone = await accept(store, { sha256: 'ab', sizeBytes: 99, warnings: ['Unknown column: Region'] });
  const by = { userId: newId(), name: 'Asha Rao', email: 'asha@example.org' };
  const at = new Date('2031-05-01T09:30:00Z');
  const undo = await store.imports.acceptUndo(undone, by, at);
  t.match(undo, {
    organisationId: undone.organisationId,
    kind: 'undo',
    mode: 'apply',
    undoes: undone.id,
    uploadedBy: by,
    acceptedAt: at,
    fileName: 'Undo of sessions.csv',
    fileId: null,
    status: 'queued',
    settings: undone.settings,
    header: undone.header,
    warnings: [],
    sizeBytes: 0,
  });
  t.not(undo.id, undone.id);
  t.same(await store.imports.findImport(undo.id), undo);
  t.match(await store.imports.findImport(undone.id), { status: 'queued', undoes: null });
  t.match(await store.imports.listWaitingImports(10), [{ id: undone.id }, { id: undo.id }]);
});

t.test('the sheet of an undo has a column for the ids of sessions, once', async (t) => {
  const store = await openStore(t);
  const withId = await accept(store);
  const columns = SESSION_COLUMNS.filter(({ key }) => key !== 'id');
  const header = readHeader(
    columns.map(({ header }) => header),
    sessionSheet([]),
  );
  const without = await accept(store, { header });
  const idColumns = ({ header: { names, columns } }: Import) =>
    columns.flatMap((column, index) => (column.kind === 'field' && column.key === 'id' ? names[index] : []));

  const kept = await store.imports.acceptUndo(withId, withId.uploadedBy, new Date());
  t.same(kept.header, withId.header);
  t.same(idColumns(kept), ['id']);
  const added = await store.imports.acceptUndo(without, without.uploadedBy, new Date());
  t.same(idColumns(added), ['id']);
  t.same(added.header.names, [...header.names, 'id'], 'behind the others: their cells stay where they are');
  t.equal(added.header.columns.length, added.header.names.length);
});
