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

/** Owner of a lease that was given back before its time. */
export const NOBODY = 'nobody';

/** Update-pipeline value of a lease given back; nobody takes it for `waitMs`. */
export function leaseReleased(waitMs: number) {
  return leaseFor(NOBODY, waitMs);
}

/** Expression: the holder before was lost with the lease, instead of giving it back. */
export const LEASE_LEFT_BEHIND = {
  $and: [{ $ne: [{ $ifNull: ['$lease', null] }, null] }, { $ne: ['$lease.owner', NOBODY] }],
};

/** Expression: somebody works on it now. */
export const LEASE_HELD = {
  $and: [{ $gt: ['$lease.until', '$$NOW'] }, { $ne: ['$lease.owner', NOBODY] }],
};
