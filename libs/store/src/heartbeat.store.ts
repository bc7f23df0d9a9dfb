import type { HeartbeatDocument } from './heartbeat.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

/** What a process says of itself. */
export type Beat = Omit<HeartbeatDocument, '_id' | 'beatAt' | 'drainRequestedAt'> & { id: string };

/** A process, and how long it has said nothing by the database's clock. */
export type Heartbeat = Beat & Pick<HeartbeatDocument, 'drainRequestedAt'> & { silentMs: number };

/** More than a deployment has. */
const MOST_PROCESSES = 500;

export function heartbeatStore({ Heartbeat }: Models) {
  const heartbeats = Heartbeat.collection;
  return {
    /** @returns whether the process is asked to take no new work */
    async beat({ id, ...said }: Beat): Promise<boolean> {
      const noted = await heartbeats.findOneAndUpdate(
        { _id: id as never },
        [
          {
            $set: {
              ...Object.fromEntries(Object.entries(said).map(([name, $literal]) => [name, { $literal }])),
              beatAt: '$$NOW',
              drainRequestedAt: { $ifNull: ['$drainRequestedAt', null] },
            },
          },
        ],
        { upsert: true, returnDocument: 'after' },
      );
      return (noted as unknown as HeartbeatDocument).drainRequestedAt !== null;
    },

    /** The process ends in order. */
    async endHeartbeat(id: string): Promise<void> {
      await heartbeats.deleteOne({ _id: id as never });
    },

    /** Every process that is there, or was within the hour and did not end in order. */
    async listHeartbeats(): Promise<Heartbeat[]> {
      const found = await heartbeats
        .aggregate<HeartbeatDocument & { silentMs: number }>([
          { $set: { silentMs: { $subtract: ['$$NOW', '$beatAt'] } } },
          { $limit: MOST_PROCESSES },
        ])
        .toArray();
      return found
        .map(({ _id: id, beatAt: _, ...plain }) => ({ id, ...plain }))
        .sort((a, b) => a.service.localeCompare(b.service) || a.since.getTime() - b.since.getTime());
    },

    /**
     * Asks a process, or all of a service that are there now, to take no new work, or to take work again (`null`).
     * @returns those that are asked; a gateway cannot be
     */
    async askToDrain(
      transaction: Transaction,
      which: { id: string } | { service: string },
      at: Date | null,
    ): Promise<{ id: string; service: string }[]> {
      const filter = 'id' in which ? { _id: which.id as never } : which;
      const asked = await heartbeats
        .find<HeartbeatDocument>(
          { ...filter, draining: { $ne: null } },
          { session: transaction, projection: { service: 1 } },
        )
        .toArray();
      await heartbeats.updateMany(
        { _id: { $in: asked.map(({ _id }) => _id as never) } },
        { $set: { drainRequestedAt: at } },
        { session: transaction },
      );
      return asked.map(({ _id: id, service }) => ({ id, service }));
    },
  };
}
