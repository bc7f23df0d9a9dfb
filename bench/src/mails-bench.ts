import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NewMail, newId } from '@mentorline/store';
import { type Fixtures, setup, type TestContext } from '@mentorline/testkit';
import { simpleParser } from 'mailparser';
import { ObjectId } from 'mongodb';
import { startMailCounter } from './count-mails.ts';
import type { Measure } from './fresh-servers.ts';
import { startService } from './start-service.ts';

export interface MailFigures {
  mails: number;
  notifiers: { count: number; mailsPerSecond: number }[];
  /** nodemailer by itself, over as many connections as one notifier has. */
  barePerSecond: number;
  /** Of one notifier to nodemailer by itself. */
  ratio: number;
}

const BARE_MAILER = fileURLToPath(new URL('./bare-mailer.js', import.meta.url));
const CONNECTIONS = 4;
const BATCH = 500;
/** Until then they lie in the outbox, all of them. */
const DUE_IN_MS = 20_000;
const START = new Date('2041-06-14T09:30:00Z');
const END = new Date('2041-06-14T10:30:00Z');

/** The same number of invitations to sessions through 1, 2 and 4 notifiers, and what one of them sent by nodemailer alone. */
export async function mailsBench(measure: Measure, mails: number): Promise<MailFigures> {
  const notifiers: MailFigures['notifiers'] = [];
  let sent: Buffer[] = [];
  for (const count of [1, 2, 4]) {
    const what = `${mails} mails by ${count} notifier(s)`;
    const { mailsPerSecond, raws } = await measure(what, (t) => sendThrough(t, { notifiers: count, mails }));
    notifiers.push({ count, mailsPerSecond });
    sent = raws;
  }
  const barePerSecond = await measure(`${mails} mails by nodemailer alone`, (t) => sendBare(t, sent));
  return { mails, notifiers, barePerSecond, ratio: notifiers[0]!.mailsPerSecond / barePerSecond };
}

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-mails-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function sendThrough(
  t: TestContext,
  { notifiers, mails }: { notifiers: number; mails: number },
): Promise<{ mailsPerSecond: number; raws: Buffer[] }> {
  const folder = await makeFolder(t);
  const fixtures = await setup(t);
  const counter = await startMailCounter(t);
  const env = {
    ...{ LOG_LEVEL: 'warn', WORKER_CONCURRENCY: String(CONNECTIONS) },
    SMTP_URL: `smtp://127.0.0.1:${counter.port}`,
  };
  for (let n = 0; n < notifiers; n += 1) {
    const logFile = join(folder, `notifier-${n}.log`);
    await startService(t, fixtures, { name: 'notifier', env, logFile });
  }
  const all = counter.next(mails);
  const dueAt = new Date(Date.now() + DUE_IN_MS);
  await fillOutbox(fixtures, mails, dueAt);
  if (Date.now() > dueAt.getTime()) throw new Error('The outbox was filled too slowly to measure anything');
  return all;
}

async function fillOutbox({ store, organisation }: Fixtures, mails: number, dueAt: Date): Promise<void> {
  for (let from = 0; from < mails; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, mails - from) }, (_, index) =>
      invitation(organisation.id, from + index, dueAt),
    );
    // As much of each session as is looked at before people are told of it.
    await store.connection.collection('sessions').insertMany(
      batch.map(({ session }) => ({
        ...{ _id: new ObjectId(session!.sessionId), mentorId: new ObjectId(newId()) },
        mentees: [{ userId: new ObjectId(session!.userId) }],
        ...{ start: START, end: END, cancelledAt: null },
      })),
    );
    await store.transaction((transaction) => store.mails.addMails(transaction, batch));
  }
}

function invitation(organisationId: string, n: number, date: Date): NewMail {
  return {
    ...{ organisationId, kind: 'session-invited', date },
    to: { name: `Mentee ${n}`, address: `mentee${n}@example.org` },
    messageId: `<session-invited.${n}@bench.example.org>`,
    session: {
      ...{ sessionId: newId(), version: 1, userId: newId(), role: 'mentee', reminderMinutes: null },
      ...{
        timeZone: 'Asia/Kolkata',
        title: `Leading a school, part ${n}`,
      },
      ...{ mentor: { name: 'Asha Rao', address: 'asha.rao@example.org' }, start: START, end: END },
      inside: {
        description: 'How heads plan a year of change with their staff and the parents',
        meeting: {
          ...{ platform: 'ZOOM', link: 'https://zoom.us/j/84839928742' },
          ...{ meetingId: '84839928742', passcode: 'u7Kq2' },
        },
        before: null,
      },
    },
  };
}

/** @returns mails a second */
async function sendBare(t: TestContext, raws: readonly Buffer[]): Promise<number> {
  const counter = await startMailCounter(t);
  const file = join(await makeFolder(t), 'mails.json');
  await writeFile(file, JSON.stringify(await Promise.all(raws.map(fieldsOf))));
  const all = counter.next(raws.length);
  const mailer = spawn(process.execPath, [BARE_MAILER], {
    env: {
      ...{ PATH: process.env.PATH, MAILS_FILE: file },
      ...{ SMTP_URL: `smtp://127.0.0.1:${counter.port}`, CONNECTIONS: String(CONNECTIONS) },
    },
    stdio: 'inherit',
  });
  const [code] = await once(mailer, 'exit');
  if (code !== 0) throw new Error(`nodemailer by itself ended with ${code}`);
  return (await all).mailsPerSecond;
}

/** What has to be said for nodemailer to make the same message. */
async function fieldsOf(raw: Buffer) {
  const { messageId, date, from, to, subject, text, html, attachments } = await simpleParser(raw);
  const calendar = attachments.find(({ contentType }) => contentType === 'text/calendar');
  const content = calendar?.content.toString();
  return {
    ...{
      messageId,
      date,
      subject,
      text,
      html,
      from: from?.value,
      to: [to].flat().flatMap((list) => list?.value),
    },
    ...(content ? { icalEvent: { method: 'REQUEST', filename: 'session.ics', content } } : {}),
  };
}
