import type { AddressInfo } from 'node:net';
import { hashPassword } from '@mentorline/runtime';
import { NO_ROWS, newId } from '@mentorline/store';
import type { TestContext } from '@mentorline/testkit';
import { EXAMPLES } from '../../src/openapi/examples.ts';
import { endImport } from '../end-import.ts';
import { sessionBody } from '../open-gateway.ts';
import { LONG_MS, MANAGER, type OpsGateway, openOps } from '../ops/operators.ts';
import { png } from '../sessions/images.ts';

export const ADMIN = 'admin@example.org';
export const MENTOR = 'asha.rao@example.org';
export const MENTEE = 'meera.iyer@example.org';
const FILE =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  `Create,One,A talk,Public,${MENTOR},,14-06-2027,IST,15:00,60,Teachers,Communication,English\n`;
const UNKNOWN_ADDRESS = '550 5.1.1 no such user';
const NO_MEETING = { platform: 'BBB', link: null, meetingId: null, passcode: null } as const;
/** Before every session that is made here. */
const NOW = new Date('2027-06-01T00:00:00Z');

export interface FilledGateway extends OpsGateway {
  url: string;
  /** By operation: what is there for it in the path. */
  inPath: Readonly<Record<string, Record<string, string>>>;
}

/** A gateway that listens, with something there for every operation: in the state that it is for, where there is one. */
export async function openFilledGateway(t: TestContext): Promise<FilledGateway> {
  const gateway = await openOps(t, {
    env: {
      REQUESTS_PER_MINUTE_OF_USER: '0',
      REQUESTS_PER_MINUTE_OF_ADDRESS: '0',
      PUBLIC_URL: 'http://127.0.0.1',
    },
  });
  const { call, users, app, store, organisation, running, failed, givenUp, client } = gateway;
  const [asha, meera, arjun] = [MENTOR, MENTEE, 'arjun.nair@example.org'].map((email) => users.get(email)!);

  const released = (await running()).id;
  const stopped = (await running('queued')).id;
  const cancelled = (await running('queued')).id;
  const [retried, dismissed, unsent, sentAgain, mailDismissed] = [
    ...[await failed('INTERNAL_ERROR'), await failed('INTERNAL_ERROR'), await failed('INTERNAL_ERROR')],
    ...[await failed('INTERNAL_ERROR'), await failed('INTERNAL_ERROR')],
  ];
  const { ObjectId } = store.connection.base.Types;
  const change = async (name: string, id: string, $set: object): Promise<void> =>
    void (await store.connection.collection(name).updateOne({ _id: new ObjectId(id) }, { $set }));
  const mailId = new ObjectId(await givenUp(unsent!, UNKNOWN_ADDRESS));
  await change('imports', unsent!.id, { mailId });
  const { email, password } = EXAMPLES.Credentials as { email: string; password: string };
  await change('users', users.get(email)!.id, { passwordHash: await hashPassword(password) });
  const mails = {
    sentAgain: await givenUp(sentAgain!, UNKNOWN_ADDRESS),
    dismissed: await givenUp(mailDismissed!, UNKNOWN_ADDRESS),
  };
  const process = newId();
  await store.heartbeats.beat({
    ...{ id: process, service: 'importer', version: '0.1.0', host: 'host-1', pid: 7, since: new Date() },
    ...{ draining: false, busy: [], perMinute: {} },
  });
  gateway.clock.now = NOW;

  const book = async (start: string): Promise<string> => {
    const body = sessionBody({ start, mentees: [meera!.email] });
    return (await call(MANAGER, 'POST', '/v1/sessions', body)).json().id;
  };
  const session = await book('2027-06-14T09:30:00Z');
  const toCancel = await book('2027-06-21T09:30:00Z');
  const illustrated = await book('2027-06-28T09:30:00Z');
  const announced = await book('2027-07-05T09:30:00Z');
  const start = new Date('2027-07-05T09:30:00Z');
  const image = new Blob([new Uint8Array(png())]);
  for (const id of [session, illustrated]) {
    await client(MANAGER).PUT('/v1/sessions/{id}/image', { params: { path: { id } }, body: { image } });
  }
  const upload = await call(MANAGER, 'POST', '/v1/imports', FILE, { 'content-type': 'text/csv' });
  const ended = upload.json().id as string;
  await endImport(store, ended);
  const { id: fileId, sizeBytes } = await store.files.writeFile('report.csv', {}, [Buffer.from(FILE)]);
  await change('imports', ended, {
    report: { fileId: new ObjectId(fileId), sizeBytes },
    rows: { ...NO_ROWS, invalid: 1 },
  });
  const told = await store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      ...{
        organisationId: organisation.id,
        kind: 'session-invited',
        date: new Date(),
        messageId: '<1@example.org>',
      },
      to: { name: meera!.name, address: meera!.email },
      session: {
        ...{ sessionId: announced, version: 1, userId: meera!.id, role: 'mentee', title: 'Leading a school' },
        ...{ timeZone: 'Asia/Kolkata', start, end: start, reminderMinutes: null },
        mentor: { name: asha!.name, address: asha!.email },
        inside: { description: 'A talk', meeting: NO_MEETING, before: null },
      },
    }),
  );
  await store.mails.claimMail(told, 'notifier', LONG_MS);
  await store.mails.settleMail(told, 'notifier', { status: 'failed', error: UNKNOWN_ADDRESS });
  const option = async (label: string): Promise<string> =>
    (await call(ADMIN, 'POST', '/v1/options/categories', { label })).json().id;
  const person = async (email: string): Promise<string> =>
    (await call(ADMIN, 'POST', '/v1/users', { name: 'Nisha Verma', email, roles: ['mentee'] })).json().id;
  const leaver = await person('leaver@example.org');
  const invited = await person('invited@example.org');
  const suppression = await store.transaction((transaction) =>
    store.suppressions.endReminders(
      transaction,
      { id: arjun!.id, organisationId: organisation.id, email: arjun!.email },
      NOW,
    ),
  );

  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ofSession = ['getSession', 'editSession', 'setMeeting', 'putImage', 'getImage', 'listMentees'];
  const byId: Record<string, readonly string[]> = {
    [session]: [...ofSession, 'exportMentees', 'getCalendar', 'listSessionMails'],
    [toCancel]: ['cancelSession'],
    [illustrated]: ['deleteImage'],
    [asha!.id]: ['getMentorSlots'],
    [arjun!.id]: ['getUser', 'updateUser', 'suppressUser'],
    [invited]: ['inviteAgain'],
    [leaver]: ['deleteUser'],
    [suppression]: ['liftSuppression'],
    [ended]: [
      'getImport',
      'listRows',
      'getSource',
      'watchImport',
      'getReport',
      'getCorrections',
      'undoImport',
    ],
    [cancelled]: ['cancelImport'],
    [unsent!.id]: ['retryImportMail'],
    [released]: ['releaseImport', 'getImportStory'],
    [stopped]: ['stopImport'],
    [retried!.id]: ['retryImport'],
    [dismissed!.id]: ['dismissImport'],
    [mails.sentAgain]: ['sendMailAgain'],
    [mails.dismissed]: ['dismissMail'],
    [process]: ['drainProcess', 'undrainProcess'],
  };
  const seat = { id: session, userId: arjun!.id };
  const inPath: Record<string, Record<string, string>> = {
    ...Object.fromEntries(
      Object.entries(byId).flatMap(([id, operations]) => operations.map((name) => [name, { id }])),
    ),
    retrySessionMail: { id: announced, mailId: told },
    addMentee: seat,
    removeMentee: { ...seat, userId: meera!.id },
    updateOption: { list: 'categories', id: await option('Planning') },
    retireOption: { list: 'categories', id: await option('Old') },
  };
  return { ...gateway, url: `http://127.0.0.1:${port}`, inPath };
}
