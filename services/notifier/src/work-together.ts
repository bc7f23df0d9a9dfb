import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Lets what comes in while a batch is at work, or soon after, be done together in the next: a trip to the database costs
 * much the same for one as for many. What comes when nothing has for a while waits for no others.
 * @param everyMs the least time from the beginning of a batch to that of the next, in milliseconds
 * @param work does a batch; @returns a result for each, in order
 * @returns does one; rejects as its batch does
 */
export function workTogether<Item, Result>(
  everyMs: number,
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: {
    item: Item;
    resolve: (result: Result) => void;
    reject: (error: unknown) => void;
  }[] = [];
  let atWork = false;

  const workOff = async (): Promise<void> => {
    atWork = true;
    // What has come in at this turn of the event loop has been handled when the immediates are.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const pause = everyMs > 0 ? sleep(everyMs) : undefined;
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      await pause;
    }
    atWork = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!atWork) void workOff();
    });
}
