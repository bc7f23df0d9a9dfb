import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import type { Attachment } from './attach-report.ts';
import type { Mailbox } from './mailbox.ts';

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

/** Of the connection, whatever the headers say. */
export function envelopeOf({ from, to }: OutgoingMail): { from: string; to: string[] } {
  return { from: from.address, to: [to.address] };
}

/** What nodemailer is told to make of a mail: nothing is fetched for it, and equal mails give equal messages. */
export function messageOf(mail: OutgoingMail): SendMailOptions {
  const { attachment, calendar, unsubscribeUrl, ...fields } = mail;
  return {
    ...fields,
    textEncoding: encodingOf(fields.text),
    // RFC 3834: keeps out-of-office replies away.
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl
        ? {
            'List-Unsubscribe': `<${unsubscribeUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }
        : {}),
    },
    baseBoundary: boundaryOf(mail),
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(calendar ? { icalEvent: { ...calendar, filename: 'session.ics' } } : {}),
    attachments: attachment
      ? [
          {
            filename: attachment.fileName,
            contentType: attachment.contentType,
            content: asBuffer(attachment.content),
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

/** Between threads a buffer becomes plain bytes. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Drawn from the content, so that no cell can hold the line that would end its part (RFC 2046, 5.1.1). */
function boundaryOf({ messageId, text, html, calendar }: OutgoingMail): string {
  const hash = createHash('sha256').update(messageId).update(text).update(html);
  return hash
    .update(calendar?.content ?? '')
    .digest('hex')
    .slice(0, 32);
}
