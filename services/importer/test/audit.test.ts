import { acceptFile, sessionFile, setup } from '@mentorline/testkit';
import t from 'tap';
import { goodRow, work, workerDeps } from './run-file.ts';

const QUERY = { action: 'import.applied', limit: 100 };

t.test(
  'what an import writes stands in the audit log, a chunk an entry, and nothing of what it does not',
  async (t) => {
    const fixtures = await setup(t);
    const { store, organisation, users } = fixtures;
    const run = async (rows: Record<string, string>[], options: Parameters<typeof acceptFile>[3] = {}) => {
      const { id } = await acceptFile(fixtures, sessionFile(rows), new Date(), options);
      const ended = await work(workerDeps(store, { IMPORT_CHUNK_ROWS: '2' }), id);
      const { items } = await store.audit.listWrites(organisation.id, { ...QUERY, targetId: id });
      return { ended, items };
    };
    const good = [1, 2, 3].map((day) => goodRow({ Date: `0${day}-06-2031` }));
    const bad = goodRow({ Date: '30-02-2031' });
    const cause = { requestId: 'upload-1', trace: null, address: '192.0.2.7' };

    const published = await run([...good, bad, bad], { cause });
    t.equal(published.ended.status, 'completed');
    const manager = users.get('manager@example.org')!;
    for (const { userId, email, address, requestId } of published.items) {
      t.same(
        { userId, email, address, requestId },
        {
          ...{ userId: manager.id, email: manager.email, address: '192.0.2.7', requestId: 'upload-1' },
        },
      );
    }
    const sum = (of: 'published' | 'deleted') =>
      published.items.reduce((total, { rows }) => total + rows![of], 0);
    t.equal(sum('published'), 3);
    t.equal(sum('deleted'), 0);
    const rows = published.items.flatMap(({ rows }) => [rows!.from, rows!.to]);
    t.ok(Math.min(...rows) >= 1 && Math.max(...rows) <= 5);

    t.same((await run([bad, bad])).items, [], 'nothing was written');
    const checked = await run([goodRow({ Date: '07-06-2031' })], { mode: 'check' });
    t.match(checked, { ended: { rows: { published: 1 } }, items: [] }, 'a check writes nothing');

    const undo = await store.imports.acceptUndo(published.ended, published.ended.uploadedBy, new Date());
    await work(workerDeps(store), undo.id);
    const undone = await store.audit.listWrites(organisation.id, { ...QUERY, targetId: undo.id });
    t.equal(
      undone.items.reduce((total, { rows }) => total + rows!.deleted, 0),
      3,
    );
  },
);
