import t from 'tap';
import { runChaos } from '../src/chaos/run-chaos.ts';

const FOR_MS = 30_000;

t.test('nothing is lost while everything that can break does', async (t) => {
  const seed = Date.now() % 1_000_000;
  t.comment(JSON.stringify({ seed }));
  const { lost, tally, imports, rows, mails } = await runChaos(t, { forMs: FOR_MS, seed, say: () => {} });
  t.comment(JSON.stringify({ imports, rows, mails, faults: Object.fromEntries(tally.faults) }));
  t.same(lost, []);
  t.ok(tally.faults.size > 0 && imports > 0 && mails.sent > 0, 'and something was done');
});
