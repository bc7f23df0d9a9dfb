import { Types } from 'mongoose';
import type { Models } from './models.ts';

/** Removes what a dry run has noted; harmless when there is nothing. */
export async function forgetDryRun({ DryRunSession, DryRunUser }: Models, importId: string): Promise<void> {
  const filter = { importId: new Types.ObjectId(importId) };
  await DryRunSession.collection.deleteMany(filter);
  await DryRunUser.collection.deleteMany(filter);
}
