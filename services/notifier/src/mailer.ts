import { Readable } from 'node:stream';
import { SECOND_MS } from '@mentorline/runtime';
import type { RelayState } from '@mentorline/store';
import type { NodemailerError } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { default as MimeNode, MimeNodeEnvelope } from 'nodemailer/lib/mime-node';
import SmtpPool from 'nodemailer/lib/smtp-pool';
import { Tinypool } from 'tinypool';
import { type Draft, renderDraft } from './draft.ts';
import { asBuffer, messageOf } from './message.ts';
import type { WrittenMessage } from './write-message.ts';

/** Ready to be sent: as much of one as the library's pool asks for. */
export interface Message extends Pick<MimeNode, 'messageId' | 'getHeader' | 'createReadStream'> {
  /** `size`: a relay that says how much it takes is spared what is more. */
  getEnvelope(): MimeNodeEnvelope & { size: number };
}

/** `answer` and `reason` may hold addresses and are for the database; `code` (SMTP or network) is for logs. */
export type Delivery =
  | {
      readonly outcome: 'accepted';
      /** The relay's, mostly with the name by which its own log knows the mail. */
      readonly answer: string;
    }
  | {
      readonly outcome: 'deferred' | 'refused' | 'too-large';
      readonly reason: string;
      readonly code: string;
      /** The relay knows that there is no such mailbox. */
      readonly noMailbox?: boolean;
    };

const CONNECTION_TIMEOUT_MS = 10 * SECOND_MS;
const DNS_TIMEOUT_MS = 5 * SECOND_MS;
/** A relay may scan a message before it answers; to hang up on it then would only bring a second copy. */
export const ANSWER_TIMEOUT_MS = 120 * SECOND_MS;
const IDLE_TIMEOUT_MS = 30 * SECOND_MS;
const LONGEST_ANSWER = 500;

const LARGEST_ATTACHMENT_WRITTEN_WHOLE = 256 * 1024;
/** Enough that the thread never waits for the next. */
const WRITTEN_AT_A_TIME = 8;

/**
 * Sends mails over a few kept connections. The same mail gives the same bytes on every attempt: date and message id
 * are given, and nothing random, dated or versioned is added.
 * @param options.greetingTimeoutMs how long a relay may take to greet
 * @param options.answerTimeoutMs how long it may be silent after that
 */
export function openMailer(options: {
  url: string;
  maxConnections: number;
  greetingTimeoutMs?: number;
  answerTimeoutMs?: number;
}) {
  let relay: RelayState | undefined;
  const noteRelay = (error: string | null): void => {
    const works = error === null;
    relay = { works, error, since: relay?.works === works ? relay.since : new Date() };
  };
  const pool = new SmtpPool({
    url: options.url,
    maxConnections: options.maxConnections,
    // Only where a kept connection turns out closed before anything of the message went out.
    maxRequeues: 1,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: options.greetingTimeoutMs ?? CONNECTION_TIMEOUT_MS,
    dnsTimeout: DNS_TIMEOUT_MS,
    socketTimeout: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    idleTimeout: IDLE_TIMEOUT_MS,
  });
  const writers = new Tinypool({
    ...{ filename: new URL('./message-thread.js', import.meta.url), minThreads: 1, maxThreads: 1 },
    ...{ concurrentTasksPerWorker: WRITTEN_AT_A_TIME, execArgv: [] },
  });

  return {
    /**
     * A mail's message, whole but for one with a large attachment, which would be in memory several times. Written to
     * the connection itself, each of the many small pieces would be a packet, and both ends spend more on those than on
     * the message.
     * @throws when it cannot be written
     */
    async write(draft: Draft): Promise<Message> {
      const { tells } = draft;
      const attachment = tells.of === 'import' ? tells.attachment : null;
      if (attachment && attachment.content.length > LARGEST_ATTACHMENT_WRITTEN_WHOLE) {
        const node = new MailComposer(messageOf(draft, renderDraft(draft))).compile();
        // Of the attachment alone, which is all but a little of it: base64 in lines.
        const size = Math.ceil((attachment.content.length * 78) / 57);
        const envelope = { ...node.getEnvelope(), size };
        return Object.assign(node, { getEnvelope: () => envelope });
      }
      return asMessage(await writers.run(draft));
    },

    async send(message: Message): Promise<Delivery> {
      try {
        const { response } = await sendThrough(pool, message);
        noteRelay(null);
        return { outcome: 'accepted', answer: oneLine(response) };
      } catch (error) {
        const fault = error as NodemailerError;
        const delivery = judge(fault);
        noteRelay(isOfThisMail(fault) ? null : delivery.code);
        return delivery;
      }
    },

    /**
     * Asks a relay that was away whether it is back: what waits for it may not be due for a quarter of an hour, or be sent
     * by another notifier. One that refused us is left alone, lest it lock us out.
     */
    async probe(): Promise<void> {
      if (!relay || relay.works || /^\d/u.test(relay.error ?? '')) return;
      try {
        await pool.verify();
        noteRelay(null);
      } catch (error) {
        noteRelay(judge(error as NodemailerError).code);
      }
    },

    /** How the relay was when it was last needed: away, or one that does not let us in, does not work. */
    relay: () => relay,

    /** Gives up its connections: for when no mail is being sent any more. */
    async close(): Promise<void> {
      pool.close();
      await writers.destroy();
    },
  };
}

export type Mailer = ReturnType<typeof openMailer>;

function asMessage({ messageId, envelope, bytes }: WrittenMessage): Message {
  return {
    messageId: () => messageId,
    getHeader: () => messageId,
    getEnvelope: () => ({ ...envelope, size: bytes.length }),
    createReadStream: () =>
      new Readable({
        read() {
          this.push(asBuffer(bytes));
          this.push(null);
        },
      }),
  };
}

/**
 * Without the library's mailer before the pool, which would make a message of the message once more, for a tenth of all
 * that sending it takes.
 */
async function sendThrough(pool: SmtpPool, message: Message): Promise<{ response: string }> {
  const mail = { message, data: {} } as unknown as Parameters<SmtpPool['send']>[0];
  return new Promise((resolve, reject) => {
    pool.send(mail, (error, info) => (info ? resolve(info) : reject(error)));
  });
}

/**
 * Whether trying again can help. For good is only what the relay says of this very mail or its addresses: a refused
 * sign-in (535), a demand for one (530) or a greeting with 554 is the deployment's fault, and mending that lets the
 * mails go out.
 */
function judge(error: NodemailerError): Exclude<Delivery, { outcome: 'accepted' }> {
  const { code, responseCode, originalCode, permanent } = error;
  const fault = {
    reason: oneLine(error.response ?? error.message),
    code: String(responseCode ?? originalCode ?? code ?? 'UNKNOWN'),
  };
  if (!isOfThisMail(error)) return { outcome: 'deferred', ...fault };
  if (isTooLarge(error)) return { outcome: 'too-large', ...fault };
  const outcome = permanent || responseCode === undefined ? 'refused' : 'deferred';
  return { outcome, ...fault, noMailbox: outcome === 'refused' && isNoMailbox(error) };
}

function oneLine(answer: string): string {
  return answer.replace(/\p{Cc}+/gu, ' ').slice(0, LONGEST_ANSWER);
}

function isOfThisMail({ code, responseCode }: NodemailerError): boolean {
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== 530;
}

/**
 * By the three digits, or what stands after them (RFC 3463: 5.2.3 for a mailbox, 5.3.4 for a relay); or by the size that the
 * relay has told beforehand, which the library says without digits.
 */
function isTooLarge({ code, command, response = '', responseCode }: NodemailerError): boolean {
  if (responseCode === undefined) return code === 'EMESSAGE' && command === 'MAIL FROM';
  return responseCode === 552 || /^5\d\d[ -]5\.(?:2\.3|3\.4)\b/u.test(response);
}

/**
 * Whether a refusal is of the address itself. One of policy (5.7) is of the sender, and mending that lets mails go to
 * all again; of a relay that tells no more than the three digits, those for mailboxes count (RFC 5321, 4.2.3).
 */
function isNoMailbox({ command, response = '', responseCode }: NodemailerError): boolean {
  if (command !== 'RCPT TO') return false;
  const [, detail] = /^5\d\d[ -]5\.(\d{1,3}\.\d{1,3})\b/u.exec(response) ?? [];
  if (detail !== undefined) return detail.startsWith('1.') || detail === '2.1';
  return responseCode === 550 || responseCode === 551 || responseCode === 553;
}
