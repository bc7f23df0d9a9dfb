import type { AcceptedUpload, Import, Store, TransactionPool } from '../src/index.ts';
import { buildUpload } from './builders.ts';
import type { TestContext } from './open-store.ts';

export const LONG_MS = 60_000;
/** A lease that has run out when it is taken. */
export const OVER_MS = -1;

/** A worker's transactions. */
export function openPool(t: TestContext, store: Store): TransactionPool {
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  return pool;
}

export function accept(
  { imports }: Store,
  given: Partial<AcceptedUpload> = {},
  at = new Date(),
): Promise<Import> {
  return imports.acceptImport(buildUpload(given), at);
}

/** An import in `owner`'s hands, moved on to `applying` with its partitions and shards. */
export async function applying(
  t: TestContext,
  store: Store,
  given: { owner?: string; partitions?: number; shards?: number } = {},
): Promise<Import> {
  const { owner = 'owner', partitions = 2, shards = 1 } = given;
  const pool = openPool(t, store);
  const { id } = await accept(store);
  await store.imports.claimImport(id, owner, LONG_MS, pool);
  await store.imports.moveImport(id, owner, { from: 'queued', to: 'staging' }, {});
  await store.imports.beginApplying(pool, id, owner, { rowsTotal: 100, landmarks: [], partitions, shards });
  return (await store.imports.findImport(id))!;
}
