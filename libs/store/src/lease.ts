/** A claim on a document for a while; the database's clock decides, so that skewed machines agree. */
export interface Lease {
  owner: string;
  until: Date;
}

/** Filter: nobody holds the document's lease, or the holder let it run out. */
export const LEASE_FREE = {
  $or: [{ lease: null }, { $expr: { $lt: ['$lease.until', '$$NOW'] } }],
};

/** Update-pipeline value of a lease that lasts `leaseMs` from now. */
export function leaseFor(owner: string, leaseMs: number) {
  return { owner, until: { $add: ['$$NOW', leaseMs] } };
}
