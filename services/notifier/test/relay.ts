import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** What a relay answers at each step: an SMTP code, to a recipient and a message also with its text; 250 where nothing is said. */
export interface RelayAnswers {
  port?: number;
  /** How large a message may be, as it tells beforehand. */
  size?: number;
  greeting?: () => number;
  recipient?: () => number | string;
  message?: (raw: Buffer, count: number) => number | string | Promise<number | string>;
}

export interface Relay {
  url: string;
  port: number;
  /** Every message that came whole, refused ones included. */
  offered: Buffer[];
  accepted: Buffer[];
  recipients: string[];
  stop(): Promise<void>;
}

/** A real SMTP server that answers as told. Stops with the test. */
export async function startRelay(
  t: { teardown(run: () => unknown): unknown },
  answers: RelayAnswers = {},
): Promise<Relay> {
  const offered: Buffer[] = [];
  const accepted: Buffer[] = [];
  const recipients: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    ...(answers.size === undefined ? {} : { size: answers.size }),
    onConnect: (_session, answer) => answer(asError(answers.greeting?.())),
    onRcptTo({ address }, _session, answer) {
      recipients.push(address);
      answer(asError(answers.recipient?.()));
    },
    onData(stream, _session, answer) {
      buffer(stream)
        .then(async (raw) => {
          offered.push(raw);
          const told = await answers.message?.(raw, offered.length);
          const error = asError(told);
          if (!error) accepted.push(raw);
          answer(error, typeof told === 'string' ? told.slice('250 '.length) : undefined);
        })
        .catch(answer);
    },
  });
  server.on('error', () => {});
  server.listen(answers.port ?? 0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= new Promise((resolve) => server.close(() => resolve()));
    return stopped;
  };
  t.teardown(stop);
  return { url: `smtp://127.0.0.1:${port}`, port, offered, accepted, recipients, stop };
}

function asError(answer: number | string = 250): Error | null {
  const [code, ...words] = String(answer).split(' ');
  const responseCode = Number(code);
  if (responseCode === 250) return null;
  return Object.assign(new Error(words.join(' ') || 'said so by the test'), { responseCode });
}
