import type { SendMailOptions } from 'nodemailer';
import * as base64 from 'nodemailer/lib/base64';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { default as MimeNode, MimeNodeEnvelope } from 'nodemailer/lib/mime-node';
import * as quotedPrintable from 'nodemailer/lib/qp';

/** Plain data, as it comes from another thread. */
export interface WrittenMessage {
  readonly messageId: string;
  readonly envelope: MimeNodeEnvelope;
  readonly bytes: Uint8Array;
}

/**
 * A message in one piece: the very bytes that nodemailer streams, for a third of the time, most of which goes into the
 * streams of the many small pieces. It is in memory several times meanwhile, so only for messages that are small.
 * @param message its contents as strings and buffers
 */
export function writeMessage(message: SendMailOptions): WrittenMessage {
  const whole = new MailComposer(message).compile();
  const pieces: string[] = [];
  writePart(whole, pieces);
  return {
    messageId: whole.messageId(),
    envelope: whole.getEnvelope(),
    bytes: Buffer.from(pieces.join('')),
  };
}

function writePart(part: MimeNode, pieces: string[]): void {
  pieces.push(part.buildHeaders(), '\r\n\r\n');
  const { content, multipart, boundary, childNodes } = part;
  if (content) pieces.push(encode(content, part.getTransferEncoding()));
  if (!multipart) return;
  for (const [index, child] of childNodes.entries()) {
    pieces.push(index === 0 ? '' : '\r\n', `--${boundary}\r\n`);
    writePart(child, pieces);
  }
  pieces.push(`\r\n--${boundary}--\r\n`);
}

function encode(content: MimeNode['content'], encoding: ReturnType<MimeNode['getTransferEncoding']>): string {
  if (typeof content !== 'string' && !Buffer.isBuffer(content))
    throw new Error('Not a message of texts and buffers');
  switch (encoding) {
    case 'quoted-printable':
      return quotedPrintable.wrap(quotedPrintable.encode(content));
    case 'base64':
      return base64.wrap(base64.encode(content));
    default:
      return content.toString();
  }
}
