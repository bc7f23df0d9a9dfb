import type { Import, Store } from '@mentorline/store';
import { brokenPromises, createPeople, mentorEmail, sessionFile, setup } from '@mentorline/testkit';
import t from 'tap';
import { goodRow, importFile, resultsOf, work, workerDeps } from './run-file.ts';

const DAY_MS = 86_400_000;

async function undo(store: Store, undone: Import): Promise<Import> {
  const { id } = await store.imports.acceptUndo(undone, undone.uploadedBy, new Date());
  return work(workerDeps(store), id);
}

t.test('sessions that nobody has touched since are deleted, and their slots are free', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  await createPeople(store, organisation.id, 30);
  const rows = Array.from({ length: 90 }, (_, n) =>
    goodRow({ Mentor: mentorEmail(n % 30), Date: `0${1 + Math.floor(n / 30)}-06-2031` }),
  );
  rows[4]!.Duration = '5';
  const { ended } = await importFile(fixtures, sessionFile(rows));
  const undone = await undo(store, ended);
  t.match(undone, { kind: 'undo', undoes: ended.id, status: 'completed', rowsTotal: 89 });
  t.match(undone.rows, { deleted: 89, unchanged: 0, invalid: 0 });
  t.equal(await store.connection.collection('sessions').countDocuments({ cancelledAt: null }), 0);
  t.same(await brokenPromises(store), []);
  const again = await importFile(fixtures, sessionFile(rows));
  t.match(again.ended.rows, { published: 89, invalid: 1 });
});

t.test(
  'what was changed, is live, was edited or is gone stays as it is, and the report says why',
  async (t) => {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const before = await importFile(fixtures, sessionFile([goodRow({ Date: '20-06-2031' })]));
    const edited = before.results[0]!.sessionId!;
    const { ended, results } = await importFile(
      fixtures,
      sessionFile([
        goodRow({ Date: '01-06-2031' }),
        goodRow({ Date: '02-06-2031' }),
        goodRow({ Date: '03-06-2031' }),
        goodRow({ Date: '04-06-2031' }),
        { Action: 'Edit', id: edited, title: 'Another title' },
        goodRow({ Date: '30-02-2031' }),
      ]),
    );
    const [, changed, live, gone] = results.map(({ sessionId }) => sessionId!);
    await importFile(fixtures, sessionFile([{ Action: 'Edit', id: changed!, title: 'Changed since' }]));
    const { Session } = store.connection.models;
    const now = Date.now();
    await Session!.updateOne(
      { _id: live },
      { start: new Date(now - DAY_MS / 24), end: new Date(now + DAY_MS / 24) },
    );
    await importFile(fixtures, sessionFile([{ Action: 'Delete', id: gone! }]));

    const undone = await undo(store, ended);
    t.match(undone, { status: 'completed', rowsTotal: 5, rows: { deleted: 1, unchanged: 4 } });
    t.match(await resultsOf(store, undone), [
      { row: 1, action: 'Delete', status: 'Deleted', sessionId: results[0]!.sessionId, note: '' },
      { status: 'Unchanged', note: 'Left as it is: changed since it was published' },
      { status: 'Unchanged', note: 'Left as it is: the session is live' },
      { status: 'Unchanged', note: 'Deleted already' },
      { status: 'Unchanged', note: 'Edits are not undone' },
    ]);
    t.match((await undo(store, ended)).rows, { deleted: 0, unchanged: 5 }, 'undoing again does nothing');
  },
);
