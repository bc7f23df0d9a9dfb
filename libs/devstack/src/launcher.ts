import { killGuarded, stopGuarded } from './guard.ts';
import { watchNpm } from './npm-watch.ts';
import { StartError } from './start-error.ts';

/** npm repeats a Ctrl-C to its child at once; only a later one is a second Ctrl-C. */
const REPEAT_MS = 500;

export interface Launcher {
  /** How to stop in order what has been started; until this is called all children are simply ended. */
  stopWith(stop: () => Promise<void>): void;
}

/**
 * The life of a process that starts others: runs `main`, stops what it started when it is done, fails or is asked
 * to end (Ctrl-C, SIGTERM, a closed terminal, a killed npm), and exits. A second Ctrl-C does not wait.
 * @param main returns the exit code
 * @param interruptCode the exit code after being asked to end
 */
export async function launch(
  main: (launcher: Launcher) => Promise<number>,
  interruptCode = 130,
): Promise<never> {
  let stop = stopGuarded;
  let interruptedAt: number | undefined;

  const end = async (code: number): Promise<never> => {
    try {
      await stop();
    } catch (error) {
      process.stderr.write(`Could not stop everything in order: ${(error as Error).message}\n`);
      killGuarded();
      process.exit(1);
    }
    process.exit(code);
  };
  const interrupt = (reason: string): void => {
    if (interruptedAt === undefined) {
      interruptedAt = performance.now();
      process.stderr.write(`\n${reason}: stopping …\n`);
      void end(interruptCode);
    } else if (performance.now() - interruptedAt > REPEAT_MS) {
      killGuarded();
      process.exit(1);
    }
  };
  process.on('SIGINT', () => interrupt('Ctrl-C'));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(signal));
  watchNpm(process.env, () => {
    if (interruptedAt === undefined) interrupt('npm has ended');
  });
  // A terminal that has gone must not keep the rest from being stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  let code: number;
  try {
    code = await main({
      stopWith: (stopInOrder) => {
        stop = stopInOrder;
      },
    });
  } catch (error) {
    code = 1;
    if (interruptedAt === undefined) {
      const { message, stack } = error as Error;
      process.stderr.write(`\n${error instanceof StartError ? message : stack}\n`);
    }
  }
  // What fails while everything is being stopped fails because of that: the stop decides the exit code.
  return interruptedAt === undefined ? end(code) : new Promise<never>(() => {});
}
