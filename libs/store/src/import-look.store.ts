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
import { type LetterPage, lettersOf } from './letter-page.ts';
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
  dismissedAt: Date | null;
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
  ...{ fileId: 1, mailId: 1, retriedAs: 1, dismissedAt: 1 },
  leaseMs: { $cond: ['$lease', { $subtract: ['$lease.until', '$$NOW'] }, null] },
};

/** Filter, by an index: imports that have not ended and are, or were, in somebody's hands. */
const WITH_LEASE = { status: { $in: UNFINISHED_IMPORT_STATUSES }, 'lease.until': { $gt: new Date(0) } };

type Found = ImportDocument & Pick<ImportLook, 'leaseMs'>;

function fromDocument({
  _id,
  organisationId,
  fileId,
  mailId,
  retriedAs,
  dismissedAt = null,
  events,
  firstEvents,
  eventCount,
  ...plain
}: Found): ImportLook {
  return {
    ...plain,
    kept: keptEvents({ events, firstEvents, eventCount } as ImportEvents),
    dismissedAt,
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
  const look = async (pipeline: object[], more: Record<string, 1> = {}): Promise<ImportLook[]> => {
    const found = await imports.aggregate<Found>([...pipeline, { $project: { ...LOOK, ...more } }]).toArray();
    return found.map(fromDocument);
  };
  return {
    /** Imports that have not ended, the oldest first. */
    lookAtRunning: (limit: number): Promise<ImportLook[]> =>
      look([
        { $match: { status: { $in: UNFINISHED_IMPORT_STATUSES } } },
        { $sort: { acceptedAt: 1 } },
        { $limit: limit },
      ]),

    /** Imports whose worker was lost and that nobody has taken up yet, those lost longest first. */
    lookAtLost: (limit: number): Promise<ImportLook[]> =>
      look([
        { $match: { ...WITH_LEASE, 'lease.owner': { $ne: NOBODY } } },
        { $match: { $expr: { $lte: ['$lease.until', '$$NOW'] } } },
        { $sort: { 'lease.until': 1 } },
        { $limit: limit },
      ]),

    /**
     * Imports that have made no progress since `before`, though a worker holds them, or they were tried at least `attempts`
     * times and wait for the next one.
     */
    lookAtStill({ before, attempts, limit }: { before: Date; attempts: number; limit: number }) {
      const tried = { $or: [{ 'lease.owner': { $ne: NOBODY } }, { attempts: { $gte: attempts } }] };
      return look([
        { $match: { ...WITH_LEASE, startedAt: { $lte: before }, ...tried } },
        {
          $match: { $expr: { $gt: ['$lease.until', '$$NOW'] }, cancelRequestedAt: { $not: { $gt: before } } },
        },
        {
          $lookup: {
            from: ImportPartition.collection.collectionName,
            ...{ localField: '_id', foreignField: 'importId', as: 'moved' },
            pipeline: [{ $match: { movedAt: { $gt: before } } }, { $limit: 1 }, { $project: { _id: 1 } }],
          },
        },
        { $match: { moved: [] } },
        { $sort: { 'lease.until': 1 } },
        { $limit: limit },
      ]);
    },

    lookAtImports: (ids: readonly string[]): Promise<ImportLook[]> =>
      look([{ $match: { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } } }]),

    /** With everything that is known to have happened to it. */
    async lookAtImport(id: string): Promise<ImportLook | undefined> {
      const events = { events: 1, firstEvents: 1, eventCount: 1 } as const;
      const [found] = await look([{ $match: { _id: new Types.ObjectId(id) } }], events);
      return found;
    },

    /**
     * Imports that failed and were not retried, the last first; those that were put aside by when they were.
     * @param page.codes of what made them fail; all, unless said
     */
    listFailedImports(page: LetterPage & { codes?: readonly string[] }): Promise<ImportLook[]> {
      const { codes, limit } = page;
      return look([
        {
          $match: {
            ...{ status: 'failed', retriedAs: null, ...lettersOf(page, 'finishedAt') },
            ...(codes ? { 'failure.code': { $in: codes } } : {}),
          },
        },
        { $sort: { [page.dismissed ? 'dismissedAt' : 'finishedAt']: -1, _id: page.dismissed ? 1 : -1 } },
        { $limit: limit },
      ]);
    },

    /** How many failed so, and were neither retried nor put aside. */
    countFailedImports(codes: readonly string[]): Promise<Total> {
      const failed = { status: 'failed', retriedAs: null, dismissedAt: null, 'failure.code': { $in: codes } };
      return countAtMost(imports, failed, COUNTED_AT_MOST);
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
