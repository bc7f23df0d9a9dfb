import { randomBytes } from 'node:crypto';
import mongoose, { Types } from 'mongoose';
import type { TestContext } from '../open-store.ts';

export interface EarlierDatabase {
  uri: string;
  database: mongoose.mongo.Db;
  organisationId: Types.ObjectId;
  mentorId: Types.ObjectId;
  mailId: Types.ObjectId;
  sentMailId: Types.ObjectId;
}

const PEOPLE = 1_200;
export const SESSIONS = 1_300;
const DAY_MS = 86_400_000;
/** No session begins before. */
export const FIRST_START = new Date('2031-06-01T09:00:00Z');

/** A new name on the server that `npm test` started, and nothing under it; it goes when the test ends. */
export async function openDatabaseOf(t: TestContext): Promise<Pick<EarlierDatabase, 'uri' | 'database'>> {
  const { MENTORLINE_TEST_MONGODB_URI: server } = process.env;
  if (!server) throw new Error('This test needs MongoDB: run it by npm test -- <file>');
  const url = new URL(server);
  url.pathname = `/test_${randomBytes(6).toString('hex')}`;
  const client = await mongoose.mongo.MongoClient.connect(url.href);
  t.teardown(async () => {
    await client.db().dropDatabase();
    await client.close();
  });
  return { uri: url.href, database: client.db() };
}

/** A database as the first version left it, before lists were searched and before there were mails about sessions. */
export async function earlierDatabase(t: TestContext): Promise<EarlierDatabase> {
  const { uri, database } = await openDatabaseOf(t);
  const organisationId = new Types.ObjectId();
  const createdAt = new Date('2026-01-05T10:00:00Z');
  const settings = { brandColor: '#004d40' };
  await database.collection('organisations').insertOne({
    ...{ _id: organisationId, name: 'Example Schools', settings },
    ...{ relatedOrganisations: [], customFields: [], createdAt },
  });
  const users = Array.from({ length: PEOPLE }, (_, n) => ({
    ...{
      _id: new Types.ObjectId(),
      organisationId,
      email: `person${n}@example.org`,
      name: `Person ${n} Élan`,
    },
    ...{ designation: n % 2 ? 'Teacher' : null, roles: [n === 0 ? 'mentor' : 'mentee'], passwordHash: null },
    ...{ active: true, createdAt, updatedAt: createdAt },
  }));
  await database.collection('users').insertMany(users);
  const mentorId = users[0]!._id;
  await database.collection('sessions').insertMany(
    Array.from({ length: SESSIONS }, (_, n) => ({
      ...{
        organisationId,
        title: `Planning part${n === 7 ? 'icular' : ''} ${n}`,
        description: 'From before',
      },
      ...{ type: 'PUBLIC', mentorId, mentees: [], timeZone: 'Asia/Kolkata', version: 1, cancelledAt: null },
      start: new Date(FIRST_START.getTime() + n * DAY_MS),
      end: new Date(FIRST_START.getTime() + n * DAY_MS + 3_600_000),
      ...{ recommendedFor: ['teachers'], categories: ['communication'], medium: ['en'], custom: {} },
      meeting: { platform: 'BBB', link: null, meetingId: null, passcode: null },
      ...{ createdBy: mentorId, createdAt, updatedAt: createdAt },
    })),
  );
  const mail = (n: number, given: object) => ({
    ...{ _id: new Types.ObjectId(), organisationId, kind: 'import-report', importId: new Types.ObjectId() },
    to: { name: 'Priya', address: 'priya@example.org' },
    ...{ messageId: `<import-report.${n}@x>`, date: createdAt, nextAttemptAt: createdAt },
    ...{ status: 'pending', attempts: 0, lease: null, lastError: null, sentAt: null, ...given },
  });
  const waiting = mail(1, {});
  const sent = mail(2, { status: 'sent', sentAt: createdAt });
  await database.collection('mails').insertMany([waiting, sent]);
  await database
    .collection('users')
    .createIndexes([{ key: { email: 1 }, unique: true }, { key: { organisationId: 1, name: 1, _id: 1 } }]);
  await database
    .collection('sessions')
    .createIndexes([
      { key: { mentorId: 1, start: 1, _id: 1 } },
      { key: { organisationId: 1, start: 1, _id: 1 } },
      { key: { organisationId: 1, type: 1, start: 1, _id: 1 } },
    ]);
  await database
    .collection('mails')
    .createIndexes([
      { key: { importId: 1, kind: 1 }, unique: true },
      { key: { status: 1, nextAttemptAt: 1 } },
    ]);
  return { uri, database, organisationId, mentorId, mailId: waiting._id, sentMailId: sent._id };
}
