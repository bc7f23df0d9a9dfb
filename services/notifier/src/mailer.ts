import { createHash } from 'node:crypto';
import { SECOND_MS } from '@mentorline/runtime';
import type { RelayState } from '@mentorline/store';
import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import type { Attachment } from './attach-report.ts';
import type { Mailbox } from './mailbox.ts';
import { writeMessage } from './write-message.ts';

/** An event that a calendar takes from the mail (RFC 6047). */
export interface CalendarPart {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly content: string;
}

export interface OutgoingMail {
  readonly messageId: string;
  readonly date: Date;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachment: Attachment | null;
  readonly calendar?: CalendarPart | null;
  /** Where the recipient ends such mails with one click (RFC 8058). */
  readonly unsubscribeUrl?: string | null;
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
// A relay may scan a message before it answers; to hang up on it then would only bring a second copy.
const ANSWER_TIMEOUT_MS = 120 * SECOND_MS;
const IDLE_TIMEOUT_MS = 30 * SECOND_MS;
const LONGEST_ANSWER = 500;

const LARGEST_ATTACHMENT_WRITTEN_WHOLE = 256 * 1024;
const READS_NOTHING = { disableFileAccess: true, disableUrlAccess: true };

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
  const transport = createTransport({
    url: options.url,
    pool: true,
    maxConnections: options.maxConnections,
    // Only where a kept connection turns out closed before anything of the message went out.
    maxRequeues: 1,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: options.greetingTimeoutMs ?? CONNECTION_TIMEOUT_MS,
    dnsTimeout: DNS_TIMEOUT_MS,
    socketTimeout: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    idleTimeout: IDLE_TIMEOUT_MS,
    ...READS_NOTHING,
  });

  return {
    /** @throws when the message cannot be written, which is no fault of the relay */
    async send(mail: OutgoingMail): Promise<Delivery> {
      const message = messageOf(mail);
      // Written to the connection itself, each of the many small pieces is a packet, and both ends spend more on those than
      // on the message. A large one would be in memory several times.
      const isSmall = (mail.attachment?.content.length ?? 0) <= LARGEST_ATTACHMENT_WRITTEN_WHOLE;
      const { envelope } = message;
      const written = isSmall ? { envelope, raw: writeMessage({ ...message, ...READS_NOTHING }) } : message;
      try {
        const { response } = await transport.sendMail(written);
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
        await transport.verify();
        noteRelay(null);
      } catch (error) {
        noteRelay(judge(error as NodemailerError).code);
      }
    },

    /** How the relay was when it was last needed: away, or one that does not let us in, does not work. */
    relay: () => relay,

    /** Takes no more mails; one that is being sent is finished first. */
    close: () => transport.close(),
  };
}

export type Mailer = ReturnType<typeof openMailer>;

function messageOf(mail: OutgoingMail): SendMailOptions {
  const { attachment, calendar, unsubscribeUrl, ...fields } = mail;
  return {
    ...fields,
    textEncoding: encodingOf(fields.text),
    envelope: { from: mail.from.address, to: [mail.to.address] },
    // RFC 3834: keeps out-of-office replies away.
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
    },
    ...(unsubscribeUrl ? { list: { unsubscribe: unsubscribeUrl } } : {}),
    baseBoundary: boundaryOf(mail),
    xMailer: false,
    ...(calendar ? { icalEvent: { ...calendar, filename: 'session.ics' } } : {}),
    attachments: attachment
      ? [
          {
            filename: attachment.fileName,
            contentType: attachment.contentType,
            content: attachment.content,
          },
        ]
      : [],
  };
}

/**
 * The one that lets a text be read as it goes out, unless most of it is in another script. Left to the library it is looked
 * for in each part, twice, letter by letter.
 */
function encodingOf(text: string): 'quoted-printable' | 'base64' {
  const latin = text.match(/[a-z]/giu)?.length ?? 0;
  const others = text.match(/[^\p{ASCII}]/gu)?.length ?? 0;
  return others < latin ? 'quoted-printable' : 'base64';
}

/** Drawn from the content, so that no cell can hold the line that would end its part (RFC 2046, 5.1.1). */
function boundaryOf({ messageId, text, html, calendar }: OutgoingMail): string {
  const hash = createHash('sha256').update(messageId).update(text).update(html);
  return hash
    .update(calendar?.content ?? '')
    .digest('hex')
    .slice(0, 32);
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
  if (responseCode === 552) return { outcome: 'too-large', ...fault };
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
 * Whether a refusal is of the address itself. One of policy (5.7) is of the sender, and mending that lets mails go to
 * all again; of a relay that tells no more than the three digits, those for mailboxes count (RFC 5321, 4.2.3).
 */
function isNoMailbox({ command, response = '', responseCode }: NodemailerError): boolean {
  if (command !== 'RCPT TO') return false;
  const [, detail] = /^5\d\d[ -]5\.(\d{1,3}\.\d{1,3})\b/u.exec(response) ?? [];
  if (detail !== undefined) return detail.startsWith('1.') || detail === '2.1';
  return responseCode === 550 || responseCode === 551 || responseCode === 553;
}
