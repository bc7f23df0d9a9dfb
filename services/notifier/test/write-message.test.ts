import fc from 'fast-check';
import { createTransport, type SendMailOptions } from 'nodemailer';
import t from 'tap';
import { writeMessage } from '../src/write-message.ts';

const text = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\r\n', '\n', '\r', ' ', '.', '=', 'ä', 'नमस्ते ')),
  )
  .map((pieces) => pieces.join(''));

const messages: fc.Arbitrary<SendMailOptions> = fc.record({
  messageId: fc.constant('<a@example.org>'),
  date: fc.constant(new Date('2027-06-14T09:30:00Z')),
  from: fc.record({ name: text, address: fc.constant('from@example.org') }),
  to: fc.record({ name: text, address: fc.constant('to@example.org') }),
  subject: text,
  // Every mail has both. Blanks at the very end of a text would be the same to every reader, but folded elsewhere.
  text: text.map((lines) => `Hello,\n${lines}\n`),
  html: text.map((lines) => `<p>${lines}</p>`),
  textEncoding: fc.constantFrom('quoted-printable', 'base64'),
  baseBoundary: fc.constant('0123456789abcdef'),
  xMailer: fc.constant(false),
  icalEvent: fc.option(
    fc.record({
      method: fc.constantFrom('REQUEST', 'CANCEL'),
      content: text.map((lines) => `BEGIN:VCALENDAR\r\n${lines}\r\n`),
    }),
    {
      nil: undefined,
    },
  ),
  attachments: fc.array(
    fc.record({
      filename: text,
      contentType: fc.constantFrom('text/csv', 'application/gzip'),
      content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    }),
    { maxLength: 2 },
  ),
} as const);

t.test('a message written whole has the bytes that the library streams', async (t) => {
  const library = createTransport({ streamTransport: true, buffer: true });
  await fc.assert(
    fc.asyncProperty(messages, async (message) => {
      // The library leaves notes in the event.
      const { icalEvent } = message;
      const copy = { ...message, ...(icalEvent ? { icalEvent: { ...(icalEvent as object) } } : {}) };
      const { message: streamed } = await library.sendMail(copy);
      const { bytes } = writeMessage(message);
      t.equal(Buffer.from(bytes).toString('latin1'), (streamed as Buffer).toString('latin1'));
    }),
    { numRuns: 500 },
  );
});

t.test('a message of what is not in memory is refused', async (t) => {
  t.throws(() => writeMessage({ text: { path: 'package.json' } }), { message: /texts and buffers/u });
});
