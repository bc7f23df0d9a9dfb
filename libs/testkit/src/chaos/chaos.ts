/**
 * `npm run chaos -- [--minutes 5] [--seed 1]`: the whole product under continual random faults, then what became of
 * all that was begun. Exits with 1 when anything was lost.
 */
import { parseArgs } from 'node:util';
import { launch, stopGuarded } from '@mentorline/devstack';
import { type Chaos, runChaos } from './run-chaos.ts';
import { sumOf } from './tally.ts';

const MINUTE_MS = 60_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell(chaos: Chaos): void {
  const { tally, imports, rows, mails, drainedMs, lost } = chaos;
  for (const [title, counts] of Object.entries({
    [`${sumOf(tally.faults)} faults`]: tally.faults,
    [`${sumOf(tally.writes)} writes`]: tally.writes,
    [`${sumOf(tally.acts)} acts of an operator`]: tally.acts,
    [`${sumOf(tally.answers)} answers`]: tally.answers,
  })) {
    say(`\n${title}`);
    for (const [kind, count] of [...counts].sort(([, a], [, b]) => b - a))
      say(`${String(count).padStart(8)}  ${kind}`);
  }
  say(
    `\n${imports} imports of ${rows} rows; ${mails.sent} mails sent (${mails.copies} identical copies), ${mails.failed} given up`,
  );
  say(`All was done ${(drainedMs / 1_000).toFixed(1)} s after the last fault.`);
  say(lost.length === 0 ? 'Nothing was lost.' : `\nLOST, or never to be (${lost.length}):`);
  for (const what of lost.slice(0, 50)) say(`  ${what}`);
}

await launch(async (launcher) => {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
  const minutes = Number(values.minutes ?? 5);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!(minutes > 0) || !Number.isInteger(seed)) {
    process.stderr.write('npm run chaos -- [--minutes 5] [--seed 1]\n');
    return 2;
  }
  const teardowns: (() => unknown)[] = [];
  launcher.stopWith(async () => {
    for (const run of teardowns.reverse()) await run();
    await stopGuarded();
  });
  say(`Chaos for ${minutes} minutes; --seed ${seed} …`);
  const t = { teardown: (run: () => unknown) => teardowns.push(run) };
  const chaos = await runChaos(t, { forMs: minutes * MINUTE_MS, seed, say });
  tell(chaos);
  return chaos.lost.length === 0 ? 0 : 1;
});
