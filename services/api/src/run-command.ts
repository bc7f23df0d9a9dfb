import { CannotStart, loadConfig, MongodbUri } from '@mentorline/runtime';
import { Type } from 'typebox';

/** Says a line to whoever sits at the terminal. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs a command at a terminal beside the database that MONGODB_URI names. What goes wrong ends it with 1: in a sentence
 * where a person can mend it, else with all that is known.
 * @param isTold whether an error is one that a person can mend, beside those that keep anything from starting
 */
export async function runCommand(
  name: string,
  run: (uri: string) => Promise<void>,
  isTold: (error: unknown) => boolean = () => false,
): Promise<void> {
  try {
    const { MONGODB_URI } = loadConfig(name, Type.Object({ MONGODB_URI: MongodbUri }), process.env);
    await run(MONGODB_URI);
  } catch (error) {
    const { message, stack } = error as Error;
    process.stderr.write(`${error instanceof CannotStart || isTold(error) ? message : stack}\n`);
    process.exitCode = 1;
  }
}
