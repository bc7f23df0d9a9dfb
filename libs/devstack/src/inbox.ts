import { EventEmitter, once } from 'node:events';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { HOST } from './ports.ts';

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** How long a connection may finish what it is doing when the inbox stops. */
const CLOSE_TIMEOUT_MS = 250;

interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface InboxMessage {
  /** The `.eml` file: the message as it was received, byte for byte. */
  readonly file: string;
  readonly raw: Buffer;
  readonly mail: ParsedMail;
  /** Whom the message was really for; known only of what this inbox received itself, not of older files. */
  readonly envelope: Envelope | undefined;
}

export interface Inbox {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** The `latest` messages in the folder, or all, oldest first, those of earlier inboxes included. */
  messages(latest?: number): Promise<InboxMessage[]>;
  /** The message in the file of that name, if the folder has it. */
  message(name: string): Promise<InboxMessage | undefined>;
  /** Calls `listener` for each message from now on, once it is stored. */
  onMessage(listener: (message: InboxMessage) => void): void;
  /** The first message, stored already or to come, that `matches`; rejects after `timeoutMs`. */
  waitForMessage(matches: (message: InboxMessage) => boolean, timeoutMs: number): Promise<InboxMessage>;
  /** Takes no more mail; another inbox may then be started on the same port and folder. */
  stop(): Promise<void>;
}

/**
 * A mail server that delivers to nobody: each message becomes a file of `dir`, and the sender is told
 * that it was taken only when the file is whole.
 */
export async function startInbox(options: {
  dir: string;
  port?: number;
  /** Asked at each step: an SMTP code with which the mail is refused there, or nothing. */
  refuse?: (step: 'greeting' | 'recipient' | 'message') => number | undefined;
}): Promise<Inbox> {
  const { dir } = options;
  const refusal = (step: 'greeting' | 'recipient' | 'message'): Error | null => {
    const responseCode = options.refuse?.(step);
    return responseCode === undefined ? null : Object.assign(new Error('not now'), { responseCode });
  };
  await mkdir(dir, { recursive: true });
  let count = (await storedFiles(dir)).length;
  const envelopes = new Map<string, Envelope>();
  const events = new EventEmitter<{ message: [InboxMessage] }>();

  const store = async (raw: Buffer, envelope: Envelope): Promise<void> => {
    count += 1;
    const mail = await simpleParser(raw);
    const name = fileName(new Date(), count, mail.messageId ?? 'no-message-id');
    await writeFile(join(dir, `.${name}.part`), raw);
    await rename(join(dir, `.${name}.part`), join(dir, name));
    envelopes.set(name, envelope);
    events.emit('message', { file: join(dir, name), raw, mail, envelope });
  };

  const server = new SMTPServer({
    name: 'inbox.localhost',
    banner: 'mail is stored here, not delivered',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_MESSAGE_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
    onConnect: (_session, answer) => answer(refusal('greeting')),
    onRcptTo: (_address, _session, answer) => answer(refusal('recipient')),
    onData(stream, { envelope }, answer) {
      const { mailFrom, rcptTo } = envelope;
      const addresses = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
      buffer(stream)
        .then((raw) => {
          if (stream.sizeExceeded) throw Object.assign(new Error('message too large'), { responseCode: 552 });
          const refused = refusal('message');
          if (refused) throw refused;
          return store(raw, addresses);
        })
        .then(() => answer(), answer);
    },
  });
  // A sender that breaks off is its own problem; unheard, the event would end this process.
  server.on('error', () => {});
  server.listen(options.port ?? 0, HOST);
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;

  const read = async (name: string): Promise<InboxMessage> => {
    const raw = await readFile(join(dir, name));
    return { file: join(dir, name), raw, mail: await simpleParser(raw), envelope: envelopes.get(name) };
  };
  const messages = async (latest = Number.POSITIVE_INFINITY): Promise<InboxMessage[]> =>
    Promise.all((await storedFiles(dir)).slice(-latest).map(read));

  return {
    url: `smtp://${HOST}:${port}`,
    port,
    dir,
    messages,
    message: async (name) => ((await storedFiles(dir)).includes(name) ? read(name) : undefined),
    onMessage: (listener) => void events.on('message', listener),
    waitForMessage: (matches, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          events.off('message', look);
          reject(new Error(`no such message came within ${timeoutMs} ms`));
        }, timeoutMs);
        const look = (message: InboxMessage): void => {
          if (!matches(message)) return;
          clearTimeout(timer);
          events.off('message', look);
          resolve(message);
        };
        // Listen before looking: a message that arrives meanwhile is seen at least once.
        events.on('message', look);
        messages().then((stored) => stored.forEach(look), reject);
      }),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function storedFiles(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.endsWith('.eml')).sort();
}

/** Sorts by time of receipt; the counter keeps the order within a second. */
function fileName(receivedAt: Date, count: number, messageId: string): string {
  const time = receivedAt.toISOString().replace(/[-:]|\.\d+Z/g, '');
  const slug = messageId.replace(/[^\w.@-]+/g, '').slice(0, 100);
  return `${time}-${String(count).padStart(4, '0')}-${slug}.eml`;
}
