import { Types } from 'mongoose';
import type { AuditDocument } from './audit.model.ts';
import { BOUNDED, boundedRead } from './bounded-read.ts';
import { type IdempotencyClaim, markDone } from './idempotency.store.ts';
import type { Models } from './models.ts';
import { readCounted, type Total } from './total.ts';
import type { Transaction } from './transaction.ts';

/** Who writes, and from where. */
export interface Actor {
  organisationId: string;
  /** `null`: somebody who has not signed in. */
  userId: string | null;
  email: string | null;
  address: string;
  requestId: string;
  /** Of a request that came with an `Idempotency-Key`. */
  claim?: IdempotencyClaim;
}

export interface Write extends Pick<AuditDocument, 'action' | 'target' | 'fields' | 'rows'> {
  at: Date;
}

/** A write as its organisation's administrators read of it. */
export interface AuditEntry extends Write {
  id: string;
  userId: string | null;
  email: string | null;
  address: string;
  requestId: string;
}

export interface AuditQuery {
  userId?: string;
  action?: string;
  targetId?: string;
  /** Not before, and before. */
  from?: Date;
  to?: Date;
  after?: { at: Date; id: string };
  limit: number;
}

/** Under what stands for the organisation in entries of what operators do: it is the deployment's, not that of their own. */
export const DEPLOYMENT_ID = '0'.repeat(24);

export function auditStore(models: Models) {
  const { Audit } = models;

  const noteWrites = async (
    transaction: Transaction,
    writes: readonly (Write & { actor: Actor })[],
  ): Promise<void> => {
    if (writes.length === 0) return;
    await Audit.collection.insertMany(
      writes.map(({ actor: { organisationId, userId, claim: _, ...origin }, ...write }) => ({
        _id: new Types.ObjectId(),
        organisationId: new Types.ObjectId(organisationId),
        userId: userId === null ? null : new Types.ObjectId(userId),
        ...origin,
        ...write,
      })),
      { session: transaction },
    );
    for (const { actor, target } of writes) {
      if (actor.claim) await markDone(models, transaction, actor.claim, target.id);
    }
  };

  const readPage = async (organisationId: string, query: AuditQuery): Promise<AuditEntry[]> => {
    const documents = await boundedRead(
      Audit.collection
        .find<AuditDocument>(filterOf(organisationId, query), BOUNDED)
        .sort({ at: -1, _id: -1 })
        .limit(query.limit)
        .toArray(),
    );
    return documents.map(fromDocument);
  };

  return {
    /**
     * Notes a write in the transaction that makes it: there is no write without its entry, and no entry without it.
     * A request under an idempotency key is marked as done there too.
     */
    noteWrite: (transaction: Transaction, actor: Actor, write: Write): Promise<void> =>
      noteWrites(transaction, [{ actor, ...write }]),

    /** The same of several requests. */
    noteWrites,

    /**
     * As {@link noteWrite}, of an act of an operator: it is noted for the deployment, and for the organisation whose thing
     * it was done to, as its administrators read of all that is done to what is theirs.
     */
    async noteOperatorAct(
      transaction: Transaction,
      { claim, ...actor }: Actor,
      write: Write,
      organisationId?: string,
    ): Promise<void> {
      const ofDeployment = { ...actor, organisationId: DEPLOYMENT_ID, ...(claim ? { claim } : {}) };
      await noteWrites(transaction, [
        { actor: ofDeployment, ...write },
        ...(organisationId ? [{ actor: { ...actor, organisationId }, ...write }] : []),
      ]);
    },

    /** The first page of an organisation's entries, newest first, and the number of all that match. */
    async listWrites(
      organisationId: string,
      query: Omit<AuditQuery, 'after'>,
    ): Promise<{ items: AuditEntry[]; total: Total }> {
      const { userId, action, targetId, limit } = query;
      const narrowing = [userId, action, targetId].filter((condition) => condition !== undefined);
      return readCounted(readPage(organisationId, query), Audit.collection, filterOf(organisationId, query), {
        limit,
        // There is an index for each.
        conditions: narrowing.length > 1 ? narrowing.length : 0,
      });
    },

    /** A page of them. */
    readWrites: (organisationId: string, query: AuditQuery): Promise<AuditEntry[]> =>
      readPage(organisationId, query),
  };
}

function filterOf(
  organisationId: string,
  { userId, action, targetId, from, to, after }: Omit<AuditQuery, 'limit'>,
) {
  const conditions: object[] = [{ organisationId: new Types.ObjectId(organisationId) }];
  if (userId) conditions.push({ userId: new Types.ObjectId(userId) });
  if (action) conditions.push({ action });
  if (targetId) conditions.push({ 'target.id': targetId });
  if (from) conditions.push({ at: { $gte: from } });
  if (to) conditions.push({ at: { $lt: to } });
  if (after) {
    const { at, id } = after;
    conditions.push({ $or: [{ at: { $lt: at } }, { at, _id: { $lt: new Types.ObjectId(id) } }] });
  }
  return { $and: conditions };
}

function fromDocument({ _id, organisationId: _, userId, ...plain }: AuditDocument): AuditEntry {
  return { ...plain, id: _id.toHexString(), userId: userId?.toHexString() ?? null };
}
