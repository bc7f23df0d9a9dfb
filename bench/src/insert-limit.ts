import type { Store } from '@mentorline/store';

const BATCH = 1_000;

/**
 * The limit: the very documents that the import produced, inserted again with nothing else to do, one batch of 1,000
 * after the other, majority write concern, into a collection with the same indexes.
 * @returns documents a second
 */
export async function insertLimit({ connection }: Store): Promise<number> {
  const sessions = connection.collection('sessions');
  const limit = connection.collection('sessionsAgain');
  const indexes = await sessions.indexes();
  await limit.createIndexes(
    indexes.filter(({ name }) => name !== '_id_').map(({ v: _version, ...index }) => index as never),
  );
  let inserted = 0;
  let elapsedMs = 0;
  const insert = async (batch: object[]): Promise<void> => {
    const startedAt = performance.now();
    await limit.insertMany(batch, { writeConcern: { w: 'majority' } });
    elapsedMs += performance.now() - startedAt;
    inserted += batch.length;
  };
  let batch: object[] = [];
  for await (const session of sessions.find()) {
    if (batch.push(session) < BATCH) continue;
    await insert(batch);
    batch = [];
  }
  if (batch.length > 0) await insert(batch);
  await limit.drop();
  return inserted / (elapsedMs / 1_000);
}
