import type { Store } from '@mentorline/store';
import type { Upload } from './upload-files.ts';
import type { Writer } from './write-sessions.ts';

/** What clients were told and what is not there: sessions, seats, files, and changes that nobody was told of. */
export async function lostWork(
  store: Store,
  told: { writers: readonly Writer[]; uploads: readonly Upload[]; sessionsBefore: ReadonlySet<string> },
): Promise<string[]> {
  return [
    ...(await lostSessions(store, told.writers, told.sessionsBefore)),
    ...(await lostUploads(store, told.uploads)),
    ...(await oversoldSeats(store)),
    ...(await uncountedChanges(store)),
    ...(await untoldPeople(store, told.writers)),
  ];
}

async function lostSessions(
  { connection }: Store,
  writers: readonly Writer[],
  before: ReadonlySet<string>,
): Promise<string[]> {
  const lost: string[] = [];
  const written = new Map(
    writers.flatMap(({ sessions }) => sessions).map((session) => [session.id, session]),
  );
  for await (const stored of connection.collection('sessions').find({ importId: { $exists: false } })) {
    const id = String(stored._id);
    if (before.has(id)) continue;
    const session = written.get(id);
    written.delete(id);
    const say = (what: string): void => void lost.push(`session ${id} (${stored.title}): ${what}`);
    if (!session) {
      say('nobody was told that it was made');
      continue;
    }
    const { title, description, starts, cancelled, seats } = session;
    if (stored.title !== title) say(`its title should be ${title}`);
    if (stored.description !== description) say(`says "${stored.description}", not "${description}"`);
    if (!starts.has(stored.start.toISOString())) say(`starts at ${stored.start.toISOString()}`);
    if ((stored.cancelledAt !== null) !== cancelled) say(`should ${cancelled ? '' : 'not '}be cancelled`);
    const mentees = new Set((stored.mentees as { userId: unknown }[]).map(({ userId }) => String(userId)));
    for (const [userId, has] of seats) {
      if (has !== 'unsure' && has !== mentees.delete(userId))
        say(`${userId} should ${has ? '' : 'not '}have a seat`);
      else if (has === 'unsure') mentees.delete(userId);
    }
    for (const userId of mentees) say(`nobody gave ${userId} a seat`);
  }
  for (const { title } of written.values()) lost.push(`session ${title} was made and is gone`);
  return lost;
}

async function lostUploads({ connection }: Store, uploads: readonly Upload[]): Promise<string[]> {
  const lost: string[] = [];
  const expected = new Map(uploads.map((upload) => [upload.id, upload]));
  for await (const { _id, status, fileName, rowsTotal, failure } of connection.collection('imports').find()) {
    const upload = expected.get(String(_id));
    const say = (what: string): void => void lost.push(`import ${_id} of ${fileName} ${what}`);
    if (!upload) say('is one that nobody was told of');
    // None of the files is broken.
    else if (status !== 'completed' && status !== 'cancelled')
      say(`is ${status}: ${JSON.stringify(failure)}`);
    else if (status === 'completed' && rowsTotal !== upload.rows)
      say(`has ${rowsTotal} rows, not ${upload.rows}`);
    expected.delete(String(_id));
  }
  for (const { fileName } of expected.values()) lost.push(`${fileName} was accepted and is gone`);
  for await (const { importId, rows } of connection
    .collection('importResults')
    .find({ 'rows.errors.code': 'INTERNAL_ERROR' })) {
    lost.push(`import ${importId} has given up a row: ${JSON.stringify(rows).slice(0, 300)}`);
  }
  return lost;
}

async function oversoldSeats({ connection }: Store): Promise<string[]> {
  const oversold = connection.collection('sessions').find({ 'mentees.5': { $exists: true } });
  return (await oversold.toArray()).map(({ _id, mentees }) => `session ${_id} has ${mentees.length} mentees`);
}

/** Whatever has changed a session stands in the audit log or is a row that says so, and has counted its version. */
async function uncountedChanges(store: Store): Promise<string[]> {
  const changes = new Map<string, number>();
  const count = (id: string): void => void changes.set(id, (changes.get(id) ?? 0) + 1);
  for await (const { _id, mode } of store.connection.collection('imports').find()) {
    if (mode === 'check') continue;
    for await (const chunk of store.results.readChunks(String(_id)))
      for (const { status, sessionId } of chunk) {
        if (status === 'Updated' || status === 'Deleted') count(sessionId!);
      }
  }
  const audit = store.connection.collection('auditLog');
  for await (const { target, action } of audit.find({ 'target.kind': 'session' })) {
    if (action !== 'session.created') count(String(target.id));
  }
  const wrong: string[] = [];
  for await (const { _id, version } of store.connection.collection('sessions').find()) {
    const expected = 1 + (changes.get(String(_id)) ?? 0);
    if (version !== expected) wrong.push(`session ${_id} is at version ${version}, told were ${expected}`);
  }
  return wrong;
}

async function untoldPeople({ connection }: Store, writers: readonly Writer[]): Promise<string[]> {
  const mails = connection.collection('mails');
  const told = new Set((await mails.distinct('session.sessionId')).map(String));
  return writers
    .flatMap(({ sessions }) => sessions)
    .filter(({ id, cancelled }) => !cancelled && !told.has(id))
    .map(({ id, title }) => `nobody in session ${id} (${title}) was told of it`);
}
