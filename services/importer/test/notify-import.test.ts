import type { Import } from '@mentorline/store';
import { acceptFile, type Fixtures, sessionFile, setup } from '@mentorline/testkit';
import t from 'tap';
import { goodRow, work, workerDeps } from './run-file.ts';

const MENTEES = 'meera.iyer@example.org, arjun.nair@example.org';

/** Three sessions, quietly published, and a file that touches them and publishes two; beside each row the mails it causes. */
async function prepare(t: Parameters<typeof setup>[0]) {
  const fixtures = await setup(t);
  const first = await run(
    fixtures,
    [
      goodRow({ Date: '01-06-2031', Mentees: MENTEES }),
      goodRow({ Date: '02-06-2031', Mentees: 'meera.iyer@example.org' }),
      goodRow({ Date: '03-06-2031' }),
    ],
    { notify: false },
  );
  const ids = await fixtures.store.connection
    .collection('sessions')
    .find({ importId: { $exists: true } })
    .sort({ importRow: 1 })
    .toArray();
  const [moved, seated, deleted] = ids.map(({ _id }) => String(_id));
  const rows = [
    goodRow({ Date: '11-06-2031', Mentees: MENTEES }), // 3
    goodRow({ Date: '12-06-2031' }), // 1
    { Action: 'Edit', id: moved!, Time: '18:00 Hrs' }, // 3
    { Action: 'Edit', id: seated!, Mentees: 'arjun.nair@example.org' }, // 2: one comes, one goes
    { Action: 'Edit', id: seated!, description: 'Of which no mail tells' }, // 0
    { Action: 'Delete', id: deleted! }, // 1
    goodRow({ Date: '30-02-2031', Mentees: MENTEES }), // invalid
  ];
  return { fixtures, rows, first, moved: moved! };
}

async function run(
  fixtures: Fixtures,
  rows: Record<string, string>[],
  options: Parameters<typeof acceptFile>[3] = {},
): Promise<Import> {
  const { id } = await acceptFile(fixtures, sessionFile(rows), new Date(), options);
  return work(workerDeps(fixtures.store, { IMPORT_CHUNK_ROWS: '2' }), id);
}

const untold = ({ store }: Fixtures) =>
  store.connection.collection('sessions').countDocuments({ untold: { $exists: true } });

t.test('an import says how many mails it causes, and a check how many it would', async (t) => {
  const { fixtures, rows } = await prepare(t);
  const checked = await run(fixtures, rows, { mode: 'check' });
  t.match(checked, { status: 'completed', mails: 10, rows: { published: 2, updated: 3, deleted: 1 } });
  t.equal(await untold(fixtures), 0, 'a check tells nobody');
  const applied = await run(fixtures, rows);
  t.match(applied, { status: 'completed', mails: 10, rows: { published: 2, updated: 3, deleted: 1 } });
  t.equal(await untold(fixtures), 5);
  const undone = await fixtures.store.imports.acceptUndo(applied, applied.uploadedBy, new Date());
  t.equal((await work(workerDeps(fixtures.store), undone.id)).mails, 4);
});

t.test(
  'with notify=false nobody is told of what it does, only reminded later; its undo is as quiet',
  async (t) => {
    const { fixtures, rows, first, moved } = await prepare(t);
    const { store } = fixtures;
    t.equal(first.mails, 0);
    t.match(await run(fixtures, rows, { notify: false, mode: 'check' }), { mails: 0 });
    const applied = await run(fixtures, rows, { notify: false });
    t.match(applied, { notify: false, mails: 0, rows: { published: 2, updated: 3, deleted: 1 } });
    t.equal(await untold(fixtures), 0);
    const sessions = store.connection.collection('sessions');
    t.equal(await sessions.countDocuments({ cancelledAt: null, tellAt: { $exists: true } }), 4);
    t.equal(await sessions.countDocuments({ cancelledAt: { $ne: null }, tellAt: { $exists: true } }), 0);
    const found = (await sessions.find().toArray()).find(({ _id }) => String(_id) === moved);
    t.same(found?.tellAt, new Date('2031-05-31T12:30:00Z'), 'a day before 18:00 in India');
    const { id } = await store.imports.acceptUndo(applied, applied.uploadedBy, new Date());
    t.match(await work(workerDeps(store), id), { notify: false, mails: 0, rows: { deleted: 2 } });
    t.equal(await untold(fixtures), 0);
  },
);
