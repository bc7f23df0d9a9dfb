import { fork } from 'node:child_process';
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
  notifiers: ({ count: number; ratio: number } & MailRates)[];
  /** nodemailer by itself, over as many connections as one notifier has. */
  bare: MailRates;
}

interface MailRates {
  /** Of a process that has sent mails before. */
  mailsPerSecond: number;
  /** In its first mails, while its code is being compiled. */
  startingPerSecond: number;
}

const BARE_MAILER = fileURLToPath(new URL('./bare-mailer.js', import.meta.url));
const CONNECTIONS = 4;
/** After so many mails a notifier is no longer getting faster. */
const WARM_UP_MAILS = 4_000;
const BATCH = 500;
/** Until then they lie in the outbox, all of them. */
const DUE_IN_MS = 20_000;
const START = new Date('2041-06-14T09:30:00Z');
const END = new Date('2041-06-14T10:30:00Z');

/** The same number of invitations to sessions through 1, 2 and 4 notifiers, and what one of them sent by nodemailer alone. */
export async function mailsBench(measure: Measure, mails: number): Promise<MailFigures> {
  const runs: (Sent & { count: number })[] = [];
  for (const count of [1, 2, 4]) {
    const what = `${mails} mails by ${count} notifier(s)`;
    runs.push({ count, ...(await measure(what, (t) => sendThrough(t, { notifiers: count, mails }))) });
  }
  const bare = await measure(`${mails} mails by nodemailer alone`, (t) => sendBare(t, runs[0]!.raws));
  return {
    mails,
    notifiers: runs.map(({ count, rates }) => ({
      ...{ count, ...rates },
      ratio: rates.mailsPerSecond / bare.mailsPerSecond,
    })),
    bare,
  };
}

interface Sent {
  rates: MailRates;
  raws: { warmUp: Buffer[]; measured: Buffer[] };
}

async function sendThrough(
  t: TestContext,
  { notifiers, mails }: { notifiers: number; mails: number },
): Promise<Sent> {
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
  const sendAll = async (from: number, count: number) => {
    const all = counter.next(count);
    const dueAt = new Date(Date.now() + DUE_IN_MS);
    await fillOutbox(fixtures, { from, to: from + count, dueAt });
    if (Date.now() > dueAt.getTime()) throw new Error('The outbox was filled too slowly to measure anything');
    return all;
  };
  const warmUpMails = WARM_UP_MAILS * notifiers;
  const warmUp = await sendAll(0, warmUpMails);
  const measured = await sendAll(warmUpMails, mails);
  return {
    rates: { mailsPerSecond: measured.mailsPerSecond, startingPerSecond: warmUp.mailsPerSecond },
    raws: { warmUp: warmUp.raws, measured: measured.raws },
  };
}

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mentorline-mails-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function fillOutbox(
  { store, organisation }: Fixtures,
  { from, to, dueAt }: { from: number; to: number; dueAt: Date },
): Promise<void> {
  for (let first = from; first < to; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, to - first) }, (_, index) =>
      invitation(organisation.id, first + index, dueAt),
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

async function sendBare(t: TestContext, { warmUp, measured }: Sent['raws']): Promise<MailRates> {
  const counter = await startMailCounter(t);
  const folder = await makeFolder(t);
  const mailer = fork(BARE_MAILER, {
    env: {
      PATH: process.env.PATH,
      ...{ SMTP_URL: `smtp://127.0.0.1:${counter.port}`, CONNECTIONS: String(CONNECTIONS) },
    },
    execArgv: [],
  });
  t.teardown(() => mailer.kill());
  const ended = once(mailer, 'exit').then(([code]) => {
    throw new Error(`nodemailer by itself ended with ${code}`);
  });
  const sendAll = async (name: string, raws: readonly Buffer[]) => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(await Promise.all(raws.map(fieldsOf))));
    const all = counter.next(raws.length);
    mailer.send(file);
    return (await Promise.race([all, ended])).mailsPerSecond;
  };
  ended.catch(() => {});
  const startingPerSecond = await sendAll('warm-up.json', warmUp);
  const mailsPerSecond = await sendAll('measured.json', measured);
  mailer.disconnect();
  return { mailsPerSecond, startingPerSecond };
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
