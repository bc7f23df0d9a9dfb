import pLimit from 'p-limit';

export type Connections = ReturnType<typeof openConnections>;

/**
 * As many mails are sent at a time as there are connections to the relay.
 * @returns runs `send` as soon as a connection is free, unless `signal` has aborted by then; rejects with its reason at once
 */
export function openConnections(count: number) {
  const limit = pLimit(count);
  return <Result>(signal: AbortSignal, send: () => Promise<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason);
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      void limit(async () => {
        signal.removeEventListener('abort', leave);
        if (signal.aborted) return;
        await send().then(resolve, reject);
      });
    });
}
