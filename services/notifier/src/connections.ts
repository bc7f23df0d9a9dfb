import PQueue from 'p-queue';

export type Connections = ReturnType<typeof openConnections>;

/**
 * As many mails are sent at a time as there are connections to the relay.
 * @returns runs `send` as soon as a connection is free, unless `signal` has aborted by then; rejects with its reason at
 * once. Of those that wait the least `priority` goes first (see `MAIL_PRIORITIES`), of one priority the first to come.
 */
export function openConnections(count: number) {
  const queue = new PQueue({ concurrency: count });
  return <Result>(signal: AbortSignal, priority: number, send: () => Promise<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason);
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      const begin = async (): Promise<void> => {
        signal.removeEventListener('abort', leave);
        if (signal.aborted) return;
        await send().then(resolve, reject);
      };
      // Without the signal: the queue would give up those being sent, too.
      void queue.add(begin, { priority: -priority });
    });
}
