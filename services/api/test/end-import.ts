import { NO_ROWS, type Store } from '@mentorline/store';

/** Leaves an import as one that was cancelled: whoever watches it is told the end. */
export async function endImport({ connection }: Store, id: string): Promise<void> {
  await connection
    .collection('imports')
    .updateOne(
      { _id: new connection.base.Types.ObjectId(id) },
      { $set: { status: 'cancelled', finishedAt: new Date(), rows: NO_ROWS } },
    );
}
