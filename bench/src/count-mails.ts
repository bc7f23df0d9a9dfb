import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from '@mentorline/testkit';
import { SMTPServer } from 'smtp-server';

/** What is sent twice comes after all others, too. */
const LINGER_MS = 2_000;

export interface MailCounter {
  port: number;
  /** Waits for so many mails from now on, and a little for any more. @throws when one comes twice */
  next(count: number): Promise<{ mailsPerSecond: number; raws: Buffer[] }>;
}

/** A mail server that takes everything and only counts: what is measured is the sending. */
export async function startMailCounter(t: TestContext): Promise<MailCounter> {
  let take = (_raw: Buffer): void => {};
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _session, answer) {
      buffer(stream)
        .then((raw) => take(raw))
        .then(() => answer(), answer);
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  t.teardown(() => new Promise<void>((resolve) => server.close(resolve)));
  return {
    port: (server.server.address() as AddressInfo).port,
    next: (count) =>
      new Promise((resolve, reject) => {
        const raws = new Map<string, Buffer>();
        let firstMs = 0;
        take = (raw) => {
          const id = /^message-id: *(\S+)/imu.exec(raw.toString('latin1'))?.[1] ?? '';
          if (raws.has(id)) reject(new Error(`${id} came twice`));
          if (raws.size === 0) firstMs = performance.now();
          raws.set(id, raw);
          if (raws.size !== count) return;
          const seconds = (performance.now() - firstMs) / 1_000;
          const result = { mailsPerSecond: count / seconds, raws: [...raws.values()] };
          setTimeout(resolve, LINGER_MS, result);
        };
      }),
  };
}
