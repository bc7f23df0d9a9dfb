import { type Fixtures, setup } from '@mentorline/testkit';
import t from 'tap';
import { gatherReport, type ReportFacts } from '../src/gather-report.ts';
import { type EndedImport, invalidRow, leftAloneRow, storeEndedImport } from './mail-fixture.ts';

const { signal } = new AbortController();

async function gather(fixtures: Fixtures, ended: EndedImport): Promise<ReportFacts> {
  const { store } = fixtures;
  const { importId } = await storeEndedImport(fixtures, ended);
  return gatherReport(store, (await store.imports.findImport(importId))!, signal);
}

t.test(
  'an undo tells which import it undid, and for each reason how many rows were left alone',
  async (t) => {
    const fixtures = await setup(t);
    const { importId: undoes } = await storeEndedImport(fixtures, { counts: { published: 5 } });
    const facts = await gather(fixtures, {
      undoes,
      counts: { deleted: 2, unchanged: 3 },
      results: [
        leftAloneRow(1, 'Edits are not undone'),
        { ...leftAloneRow(2, ''), status: 'Deleted' },
        leftAloneRow(3, 'Deleted already'),
        { ...leftAloneRow(4, ''), status: 'Deleted' },
        leftAloneRow(5, 'Deleted already'),
      ],
    });
    t.match(facts, {
      kind: 'undo',
      fileName: 'Undo of sessions.csv',
      undone: { importId: undoes, fileName: 'sessions.csv', hasReport: true },
    });
    t.same(facts.leftAlone, [
      { reason: 'Deleted already', rows: 2 },
      { reason: 'Edits are not undone', rows: 1 },
    ]);
  },
);

t.test('rows of an upload that change nothing need no reason', async (t) => {
  const fixtures = await setup(t);
  const facts = await gather(fixtures, { counts: { unchanged: 1 }, results: [leftAloneRow(1, '')] });
  t.same(facts.leftAlone, []);
  t.equal(facts.undone, null);
});

t.test('an invalid user is named by the e-mail address', async (t) => {
  const fixtures = await setup(t);
  const row = invalidRow(1, '', [{ code: 'OWN_ROLE_NEEDED', column: 'Roles', message: 'No' }]);
  const facts = await gather(fixtures, {
    kind: 'users',
    mode: 'check',
    counts: { invalid: 1 },
    results: [{ ...row, cells: ['Asha Rao', 'asha@example.org', 'mentee', ''] }],
  });
  t.match(facts, { kind: 'users', mode: 'check' });
  t.same(facts.invalidRows, [{ row: 1, name: 'asha@example.org', message: 'No' }]);
  t.same(facts.problems, [{ code: 'OWN_ROLE_NEEDED', column: 'Roles', rows: 1 }]);
});

t.test('an import that failed before its rows were known has no number of rows', async (t) => {
  const fixtures = await setup(t);
  const facts = await gather(fixtures, { outcome: 'failed', report: null });
  t.match(facts, { outcome: 'failed', rowsTotal: null, hasReport: false });
});

t.test('an import that has not ended has nothing to tell', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const { importId } = await storeEndedImport(fixtures);
  const ended = (await store.imports.findImport(importId))!;
  await t.rejects(gatherReport(store, { ...ended, status: 'applying' }, signal), /has not ended/);
});
