/**
 * What the notifier is held against: nodemailer by itself, which makes the same messages and sends them over as many
 * connections, and does nothing else. A process of its own, as the notifier is; it is told of files of mails to send.
 */
import { readFile } from 'node:fs/promises';
import { createTransport, type SendMailOptions } from 'nodemailer';

const { SMTP_URL, CONNECTIONS } = process.env;
const maxConnections = Number(CONNECTIONS);
const transport = createTransport({ url: SMTP_URL!, pool: true, maxConnections });

process.on('message', async (file: string) => {
  const mails = JSON.parse(await readFile(file, 'utf8')) as SendMailOptions[];
  const next = mails.values();
  await Promise.all(
    Array.from({ length: maxConnections }, async () => {
      for (const mail of next) await transport.sendMail(mail);
    }),
  );
});
process.on('disconnect', () => transport.close());
