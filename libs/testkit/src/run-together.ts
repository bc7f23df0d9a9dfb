import t from 'tap';
import { REPOSITORY } from './repository.ts';

/**
 * Runs test files in this process, one after the other. To load the services takes most of the time that many a test file
 * takes, so it is done once for several.
 * @param files as paths within the repository. Each has its tests and its teardown to itself, as if it were alone; what they
 * share is what a module keeps, so that a file which changes its process needs one of its own
 */
export function runTogether(files: readonly string[]): void {
  const test = t.test.bind(t);
  for (const file of files) {
    // Not waited for: what is queued before the first has ended belongs to the same run.
    void test(file, async (own) => {
      const begun: Promise<unknown>[] = [];
      const begin = (...given: Parameters<typeof test>): Promise<unknown> => {
        const ended = own.test(...given);
        begun.push(ended);
        return ended;
      };
      // The file imports the test of the process, as all do, and is given its own in its place.
      Object.defineProperties(t, {
        test: { configurable: true, value: begin },
        teardown: { configurable: true, value: own.teardown.bind(own) },
        jobs: { configurable: true, set: (jobs: number) => Object.assign(own, { jobs }) },
      });
      await import(`${REPOSITORY}${file}`);
      await Promise.all(begun);
    });
  }
}
