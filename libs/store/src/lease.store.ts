import { isDuplicateKey } from './failures.ts';
import { leaseFor } from './lease.ts';
import type { Models } from './models.ts';

/** More than there are. */
const MOST_ROLES = 100;

export function leaseStore({ Lease }: Models) {
  return {
    /**
     * Takes or keeps a role that one process at a time may hold.
     * @returns whether `owner` holds it for the next `leaseMs`
     */
    async holdRole(role: string, owner: string, leaseMs: number): Promise<boolean> {
      const leases = Lease.collection;
      const filter = {
        _id: role as never,
        $or: [{ owner }, { $expr: { $lt: ['$until', '$$NOW'] } }],
      };
      const held = await leases.updateOne(filter, [{ $set: leaseFor(owner, leaseMs) }]);
      if (held.matchedCount === 1) return true;
      try {
        await leases.updateOne(
          { _id: role as never },
          { $setOnInsert: { owner, until: new Date(0) } },
          { upsert: true },
        );
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      return (await leases.updateOne(filter, [{ $set: leaseFor(owner, leaseMs) }])).matchedCount === 1;
    },

    /** Who holds which role, and for how much longer by the database's clock; negative once it has run out. */
    async listRoles(): Promise<{ role: string; owner: string; leaseMs: number }[]> {
      return Lease.collection
        .aggregate<{ role: string; owner: string; leaseMs: number }>([
          { $project: { _id: 0, role: '$_id', owner: 1, leaseMs: { $subtract: ['$until', '$$NOW'] } } },
          { $limit: MOST_ROLES },
        ])
        .toArray();
    },

    async giveUpRole(role: string, owner: string): Promise<void> {
      await Lease.collection.deleteOne({ _id: role as never, owner });
    },
  };
}
