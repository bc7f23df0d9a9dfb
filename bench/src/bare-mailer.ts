/**
 * What the notifier is held against: nodemailer by itself, which makes the same messages and sends them over as many
 * connections, and does nothing else. A process of its own, as the notifier is.
 */
import { readFile } from 'node:fs/promises';
import { createTransport, type SendMailOptions } from 'nodemailer';

const { SMTP_URL, CONNECTIONS, MAILS_FILE } = process.env;
const mails = JSON.parse(await readFile(MAILS_FILE!, 'utf8')) as SendMailOptions[];
const maxConnections = Number(CONNECTIONS);
const transport = createTransport({
  url: SMTP_URL!,
  pool: true,
  maxConnections,
  maxMessages: Number.POSITIVE_INFINITY,
});
const next = mails.values();
await Promise.all(
  Array.from({ length: maxConnections }, async () => {
    for (const mail of next) await transport.sendMail(mail);
  }),
);
transport.close();
