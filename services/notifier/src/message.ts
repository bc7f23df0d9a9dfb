import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import type { Content, Draft } from './draft.ts';

/** What nodemailer is told to make of a mail: nothing is fetched for it, and equal mails give equal messages. */
export function messageOf(
  { messageId, date, from, to }: Draft,
  { subject, text, html, attachment, calendar, unsubscribeUrl }: Content,
): SendMailOptions {
  return {
    ...{ messageId, date, from, to, subject, text, html },
    // Of the connection, whatever the headers say.
    envelope: { from: from.address, to: [to.address] },
    textEncoding: encodingOf(text),
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
    baseBoundary: boundaryOf([messageId, text, html, calendar?.content ?? '']),
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
function boundaryOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 32);
}
