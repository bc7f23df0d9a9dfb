import { Types } from 'mongoose';
import type { AuditDocument } from './audit.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

/** Who writes, and from where. */
export interface Actor {
  organisationId: string;
  /** `null`: somebody who has not signed in. */
  userId: string | null;
  email: string | null;
  address: string;
  requestId: string;
}

export interface Write extends Pick<AuditDocument, 'action' | 'target' | 'fields'> {
  at: Date;
}

export function auditStore({ Audit }: Models) {
  return {
    /** Notes a write in the transaction that makes it: there is no write without its entry, and no entry without it. */
    async noteWrite(transaction: Transaction, actor: Actor, write: Write): Promise<void> {
      const { organisationId, userId, ...origin } = actor;
      await Audit.collection.insertOne(
        {
          _id: new Types.ObjectId(),
          organisationId: new Types.ObjectId(organisationId),
          userId: userId === null ? null : new Types.ObjectId(userId),
          ...origin,
          ...write,
        },
        { session: transaction },
      );
    },
  };
}
