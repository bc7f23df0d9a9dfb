/** A process whose worker cannot stop in order, for the test of it: its `job` ignores the signal, or `redis` is away. */
import { newId } from '@mentorline/store';
import { openQueues, startWorker } from '../src/index.ts';
import { ownQueues, SILENT, startCable } from './servers.ts';

const CLOSE_DEADLINE_MS = 15_000;
const [, , obstacle] = process.argv;

const teardowns: (() => unknown)[] = [];
const t = { teardown: (run: () => unknown) => teardowns.push(run) };
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const location = ownQueues(t);
const cable = await startCable(t, location);
const queues = openQueues(location);
await queues.enqueue('run-import', { importId: newId() }, 0);
await queues.close();
let stop: () => Promise<void> = async () => {};
await new Promise<void>((running) => {
  const worker = startWorker(
    { ...cable, queue: 'imports', concurrency: 1, logger: SILENT },
    {
      'run-import': (_payload, signal) => {
        say('running');
        signal.addEventListener('abort', () => say('signalled'));
        stop = () => worker.stop();
        running();
        return new Promise(() => {});
      },
      'run-shard': async () => {},
    },
  );
});
if (obstacle === 'redis') cable.cut();

// Lets the deadline pass at once, and nothing else.
const real = globalThis.setTimeout;
const hurried = (run: () => void, ms?: number) => real(run, ms === CLOSE_DEADLINE_MS ? 1 : ms);
globalThis.setTimeout = hurried as typeof setTimeout;
await stop();
say('stopped');
for (const teardown of teardowns) await teardown();
process.exit(0);
