import type { GatewayClient, ImportState } from '@mentorline/devstack';
import t from 'tap';
import {
  brokenPromises,
  createWorld,
  type Fixtures,
  randomRows,
  runSuite,
  sessionFile,
  setup,
  type TestContext,
} from '../src/index.ts';

const MENTORS = 30;

type Round = (file: Uint8Array, fields?: Record<string, string>) => Promise<ImportState>;

/** A manager who uploads files and waits for what becomes of them. */
async function openRounds(
  t: TestContext,
  fixtures: Fixtures,
): Promise<{ manager: GatewayClient; round: Round }> {
  const suite = await runSuite(t, fixtures, { env: { LOG_LEVEL: 'warn' } });
  const manager = await suite.signIn('manager@example.org');
  const round: Round = async (file, fields = {}) => {
    const query = new URLSearchParams({ fileName: 'sessions.csv', ...fields });
    const response = await manager.fetch(`/v1/imports?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: Buffer.from(file),
    });
    if (response.status !== 202) throw new Error(await response.text());
    const { id } = (await response.json()) as ImportState;
    return manager.waitForImport(id, () => {});
  };
  return { manager, round };
}

async function download(manager: GatewayClient, path: string): Promise<Uint8Array> {
  const response = await manager.fetch(path);
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The sessions and their versions, to see that nothing has touched them. */
async function versions({ store }: Fixtures): Promise<Record<string, number>> {
  const sessions = await store.connection.collection('sessions').find().sort({ _id: 1 }).toArray();
  return Object.fromEntries(sessions.map(({ _id, version }) => [String(_id), version]));
}

t.test('a report and a session list, uploaded as they are, change nothing', async (t) => {
  const fixtures = await setup(t);
  const world = await createWorld(fixtures, { mentors: MENTORS, sessions: 200, days: 6, seed: 97 });
  // Each session is changed once at most: what is changed twice ends up the same, but by two changes.
  const seen = new Set<string>();
  const rows = randomRows({ rows: 1_500, mentors: MENTORS, days: 6, seed: 97, world }).filter(
    ({ id = '' }) => id === '' || (!seen.has(id.toLowerCase()) && seen.add(id.toLowerCase())),
  );
  const { manager, round } = await openRounds(t, fixtures);
  const first = await round(sessionFile(rows));
  t.equal(first.status, 'completed');
  const { published, updated, deleted, invalid } = first.rows as Record<string, number>;
  t.ok(published! > 50 && updated! > 20 && deleted! > 5 && invalid! > 50, JSON.stringify(first.rows));
  const results = await manager.rows(first.id);

  const again = await round(await download(manager, `/v1/imports/${first.id}/report.csv`));
  for (const { row, status, errors } of await manager.rows(again.id)) {
    const earlier = results[row - 1]!;
    // A refused row is tried again: it may want a slot that a later row has left.
    const tried =
      earlier.status === 'Invalid' && earlier.errors.some(({ code }) => code === 'MENTOR_SLOT_TAKEN');
    if (tried && status !== 'Invalid') continue;
    const expected = earlier.status === 'Invalid' ? 'Invalid' : 'Unchanged';
    if (status !== expected) t.fail(`row ${row}, ${earlier.status}, is ${status}: ${JSON.stringify(errors)}`);
  }
  const before = await versions(fixtures);

  const list = await download(manager, '/v1/sessions.csv');
  const listed = await round(list);
  t.match(listed.rows, { published: 0, updated: 0, deleted: 0, invalid: 0, unchanged: listed.rows.total });
  t.ok(listed.rows.total! > 100);
  t.same(await versions(fixtures), before);

  // As somebody would in a spreadsheet: one title for all of those to come.
  const edited = Buffer.from(list).toString().replaceAll('Earlier session', 'Later session');
  const changed = await round(Buffer.from(edited));
  t.ok(changed.rows.updated! > 50, JSON.stringify(changed.rows));
  t.same(await brokenPromises(fixtures.store), []);
});

t.test('a file is checked, applied, and undone', async (t) => {
  const fixtures = await setup(t);
  await createWorld(fixtures, { mentors: MENTORS, sessions: 0, days: 1, seed: 3 });
  const world = { people: new Map(), settings: {}, options: [], customFields: [], sessions: [] };
  const rows = randomRows({ rows: 400, mentors: MENTORS, days: 6, seed: 3, world });
  const { manager, round } = await openRounds(t, fixtures);
  const file = sessionFile(rows.map((row) => ({ Region: 'North', ...row })));
  const check = await round(file, { mode: 'check' });
  t.equal(
    await fixtures.store.connection.collection('sessions').countDocuments({ importId: { $exists: true } }),
    0,
  );
  const apply = await round(file);
  t.same(apply.rows, check.rows, 'the check has foretold it');
  t.ok(apply.rows.published! > 50, JSON.stringify(apply.rows));

  const response = await manager.fetch(`/v1/imports/${apply.id}/undo`, { method: 'POST' });
  t.equal(response.status, 202);
  const { id } = (await response.json()) as ImportState;
  const undone = await manager.waitForImport(id, () => {});
  t.match(undone, {
    kind: 'undo',
    status: 'completed',
    rows: { deleted: apply.rows.published, unchanged: 0 },
  });
  const report = Buffer.from(await download(manager, `/v1/imports/${id}/report.csv`)).toString();
  t.match(report, /,Deleted,/u);
  const once = await round(file);
  t.equal(once.rows.published, apply.rows.published, 'the slots are free again');
  t.same(await brokenPromises(fixtures.store), []);
});
