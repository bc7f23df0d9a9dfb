import {
  IMPORT_STATUSES,
  type ImportStatus,
  TERMINAL_IMPORT_STATUSES,
  UNFINISHED_IMPORT_STATUSES,
} from '@mentorline/domain';
import { Types } from 'mongoose';
import type { ImportDocument } from './import.model.ts';
import { type ImportEvents, type KeptEvents, keptEvents } from './import-event.ts';
import type { ImportShardDocument } from './import-shard.model.ts';
import { NOBODY } from './lease.ts';
import type { Models } from './models.ts';
import { countAtMost, type Total } from './total.ts';
import { RUNNING_AT_MOST, RUNNING_OF_TURN } from './turn.store.ts';

/** An import as operators see it: how it gets on, and nothing of what it holds. */
export interface ImportLook
  extends Pick<
    ImportDocument,
    | 'kind'
    | 'mode'
    | 'status'
    | 'sizeBytes'
    | 'acceptedAt'
    | 'cancelRequestedAt'
    | 'startedAt'
    | 'finishedAt'
    | 'rowsTotal'
    | 'rows'
    | 'attempts'
    | 'stalls'
    | 'failure'
    | 'lease'
  > {
  id: string;
  organisationId: string;
  fileId: string | null;
  mailId: string | null;
  retriedAs: string | null;
  /** By the database's clock; negative once the lease has run out. */
  leaseMs: number | null;
  kept: KeptEvents;
}

export interface PartitionLook {
  partition: number;
  lastRow: number;
  /** Rows with a result. */
  rows: number;
  movedAt: Date | null;
}

export type ShardLook = Pick<
  ImportShardDocument,
  'shard' | 'done' | 'doneThrough' | 'attempts' | 'stalls'
> & {
  held: boolean;
};

const COUNTED_AT_MOST = 1_000;
const LOOK = {
  ...{ organisationId: 1, kind: 1, mode: 1, status: 1, sizeBytes: 1, acceptedAt: 1, cancelRequestedAt: 1 },
  ...{ startedAt: 1, finishedAt: 1, rowsTotal: 1, rows: 1, attempts: 1, stalls: 1, failure: 1, lease: 1 },
  ...{ fileId: 1, mailId: 1, retriedAs: 1 },
  leaseMs: { $cond: ['$lease', { $subtract: ['$lease.until', '$$NOW'] }, null] },
};

type Found = ImportDocument & Pick<ImportLook, 'leaseMs'>;

function fromDocument({
  _id,
  organisationId,
  fileId,
  mailId,
  retriedAs,
  events,
  firstEvents,
  eventCount,
  ...plain
}: Found): ImportLook {
  return {
    ...plain,
    kept: keptEvents({ events, firstEvents, eventCount } as ImportEvents),
    id: _id.toHexString(),
    organisationId: organisationId.toHexString(),
    fileId: fileId?.toHexString() ?? null,
    mailId: mailId?.toHexString() ?? null,
    retriedAs: retriedAs?.toHexString() ?? null,
  };
}

/** What operators see of the imports of all organisations. Whatever is stored, it looks at a bounded part. */
export function importLookStore({ Import, ImportPartition, ImportShard, ImportTurn }: Models) {
  const imports = Import.collection;
  return {
    /** Imports that have not ended, the oldest first. */
    async lookAtRunning(limit: number): Promise<ImportLook[]> {
      const found = await imports
        .aggregate<Found>([
          { $match: { status: { $in: UNFINISHED_IMPORT_STATUSES } } },
          { $sort: { acceptedAt: 1 } },
          { $limit: limit },
          { $project: LOOK },
        ])
        .toArray();
      return found.map(fromDocument);
    },

    /** With everything that is known to have happened to it. */
    async lookAtImport(id: string): Promise<ImportLook | undefined> {
      const [found] = await imports
        .aggregate<Found>([
          { $match: { _id: new Types.ObjectId(id) } },
          { $project: { ...LOOK, events: 1, firstEvents: 1, eventCount: 1 } },
        ])
        .toArray();
      return found && fromDocument(found);
    },

    /** Imports that failed and were not retried, the last first. */
    async listFailedImports(limit: number): Promise<ImportLook[]> {
      const found = await imports
        .aggregate<Found>([
          { $match: { status: 'failed', retriedAs: null } },
          { $sort: { finishedAt: -1, _id: -1 } },
          { $limit: limit },
          { $project: LOOK },
        ])
        .toArray();
      return found.map(fromDocument);
    },

    /** How many stand in each status; of those that have ended, that did so since `since`. */
    async countImports(since: Date): Promise<Record<ImportStatus, Total>> {
      const counts = await Promise.all(
        IMPORT_STATUSES.map(async (status): Promise<[ImportStatus, Total]> => {
          const ended = TERMINAL_IMPORT_STATUSES.includes(status) ? { finishedAt: { $gte: since } } : {};
          return [status, await countAtMost(imports, { status, ...ended }, COUNTED_AT_MOST)];
        }),
      );
      return Object.fromEntries(counts) as Record<ImportStatus, Total>;
    },

    /** How far the partitions of imports have come, by import. */
    async lookAtPartitions(importIds: readonly string[]): Promise<Map<string, PartitionLook[]>> {
      const found = await ImportPartition.find({ importId: { $in: importIds } })
        .sort({ importId: 1, partition: 1 })
        .lean();
      const partitions = new Map<string, PartitionLook[]>();
      for (const { importId, partition, lastRow, counts, movedAt = null } of found) {
        const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
        const known = partitions.get(importId.toHexString()) ?? [];
        partitions.set(importId.toHexString(), [...known, { partition, lastRow, rows, movedAt }]);
      }
      return partitions;
    },

    async lookAtShards(importId: string): Promise<ShardLook[]> {
      const found = await ImportShard.find({ importId }).sort({ shard: 1 }).lean();
      return found.map(({ shard, done, doneThrough, attempts, stalls, lease }) => {
        return {
          shard,
          done,
          doneThrough,
          attempts,
          stalls,
          held: lease !== null && lease.owner !== NOBODY,
        };
      });
    },

    /** Of these organisations, those that have as many imports running as they may. */
    async organisationsWithoutPlace(organisationIds: readonly string[]): Promise<Set<string>> {
      const found = await ImportTurn.collection
        .aggregate<{ _id: Types.ObjectId }>([
          { $match: { _id: { $in: organisationIds.map((id) => new Types.ObjectId(id)) } } },
          { $match: { $expr: { $gte: [{ $size: RUNNING_OF_TURN('$running') }, RUNNING_AT_MOST] } } },
          { $project: { _id: 1 } },
        ])
        .toArray();
      return new Set(found.map(({ _id }) => _id.toHexString()));
    },
  };
}
