import type { Store } from '@mentorline/store';

const BATCH = 1_000;

/**
 * The limit: the very documents that the import produced, inserted again with nothing else to do, one batch of 1,000
 * after the other, majority write concern, into a collection with the same indexes.
 * @returns documents a second
 */
export async function insertLimit(store: Store): Promise<number> {
  const sessions = store.connection.collection('sessions');
  const limit = store.connection.collection('sessionsAgain');
  await copyIndexes(store, 'sessions', 'sessionsAgain');
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

export async function copyIndexes({ connection }: Store, from: string, to: string): Promise<void> {
  const indexes = await connection.collection(from).indexes();
  await connection
    .collection(to)
    .createIndexes(
      indexes.filter(({ name }) => name !== '_id_').map(({ v: _version, ...index }) => index as never),
    );
}
