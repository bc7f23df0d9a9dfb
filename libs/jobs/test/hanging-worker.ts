/**
 * A process whose worker cannot stop in order, for the test of it: its `job` ignores the signal, or `redis` is away; or it is
 * `lost` while the stop waits for a job.
 */
import { createLogger } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import { openQueues, startWorker } from '../src/index.ts';
import { ownQueues, startCable } from './servers.ts';

const HOUR_MS = 3_600_000;
const [, , obstacle] = process.argv;

const teardowns: (() => unknown)[] = [];
const t = { teardown: (run: () => unknown) => teardowns.push(run) };
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const logger = createLogger(
  { service: 'test', level: 'warn' },
  {
    write(line) {
      const { jobs } = JSON.parse(line) as { jobs?: number };
      if (jobs) say(`${jobs} cut off`);
    },
  },
);

const location = ownQueues(t);
const cable = await startCable(t, location);
const queues = openQueues(location);
await queues.enqueue('run-import', { importId: newId() }, 0);
await queues.close();
let stop: () => Promise<void> = async () => {};
let finish = (): void => {};
await new Promise<void>((running) => {
  const worker = startWorker(
    { ...cable, queue: 'imports', concurrency: 1, logger, stopDeadlineMs: obstacle === 'lost' ? HOUR_MS : 1 },
    {
      'run-import': (_payload, signal) => {
        say('running');
        signal.addEventListener('abort', () => say('signalled'));
        stop = () => worker.stop();
        running();
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      'run-shard': async () => {},
    },
  );
});
if (obstacle === 'redis') cable.cut();
const stopped = stop();
if (obstacle === 'lost') {
  cable.cut();
  finish();
}
await stopped;
say('stopped');
for (const teardown of teardowns) await teardown();
process.exit(0);
