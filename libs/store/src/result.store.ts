import type { RowStatus } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { ImportResultDocument, RowResult } from './import-result.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

/** Rows after one, of one outcome. */
export interface ResultFilter {
  after?: number;
  status?: RowStatus;
}

/** A row as it stands in a chunk's text: positions instead of names, which each row would repeat. */
type PackedRow = [
  row: number,
  action: string,
  status: RowStatus,
  sessionId: string | null,
  note: string,
  errors: RowResult['errors'],
  cells: RowResult['cells'],
];

function pack(rows: readonly RowResult[]): string {
  return JSON.stringify(
    rows.map(({ row, action, status, sessionId, note, errors, cells }): PackedRow => {
      return [row, action, status, sessionId, note, errors, cells];
    }),
  );
}

function unpack(text: string): RowResult[] {
  return (JSON.parse(text) as PackedRow[]).map(([row, action, status, sessionId, note, errors, cells]) => {
    return { row, action, status, sessionId, note, errors, cells };
  });
}

export function resultStore({ ImportResult }: Models) {
  /** One partition's results after a row, in row order, a chunk at a time. */
  function chunksOf(
    importId: string,
    partition: number,
    { after, status }: ResultFilter & { after: number },
  ) {
    return ImportResult.collection
      .find<Pick<ImportResultDocument, 'rows'>>(
        {
          importId: new Types.ObjectId(importId),
          partition,
          lastRow: { $gt: after },
          ...(status ? { statuses: status } : {}),
        },
        // Two chunks a fetch: sixteen partitions are open side by side and memory must stay flat.
        { projection: { _id: 0, rows: 1 }, batchSize: 2 },
      )
      .sort({ lastRow: 1 });
  }

  return {
    /** Stores the results of one chunk, in the transaction that applies it. Rows ascend. */
    async insertResults(
      transaction: Transaction,
      chunk: { importId: string; partition: number; rows: readonly RowResult[] },
    ): Promise<void> {
      const first = chunk.rows[0];
      const last = chunk.rows.at(-1);
      if (!first || !last) return;
      await ImportResult.collection.insertOne(
        {
          _id: new Types.ObjectId(),
          importId: new Types.ObjectId(chunk.importId),
          partition: chunk.partition,
          firstRow: first.row,
          lastRow: last.row,
          statuses: [...new Set(chunk.rows.map(({ status }) => status))],
          rows: pack(chunk.rows),
        },
        { session: transaction },
      );
    },

    /** The results of an import chunk by chunk as they were stored, in no order: for those who check them. */
    async *readChunks(importId: string): AsyncGenerator<RowResult[]> {
      const chunks = ImportResult.collection.find<ImportResultDocument>({
        importId: new Types.ObjectId(importId),
      });
      for await (const { rows } of chunks) yield unpack(rows);
    },

    /**
     * The results of an import in file order: the partitions' chunks merged. Memory holds a few chunks a partition,
     * whatever the number of rows.
     */
    async *readResults(
      importId: string,
      partitions: number,
      filter: ResultFilter = {},
    ): AsyncGenerator<RowResult> {
      const after = filter.after ?? 0;
      const heads = Array.from({ length: partitions }, (_, partition) => {
        const cursor = chunksOf(importId, partition, { ...filter, after });
        return { cursor, rows: [] as RowResult[], next: 0 };
      });
      const fill = async (head: (typeof heads)[number]): Promise<boolean> => {
        while (head.next >= head.rows.length) {
          const chunk = await head.cursor.next();
          if (!chunk) return false;
          head.rows = unpack(chunk.rows).filter(
            ({ row, status }) => row > after && (!filter.status || status === filter.status),
          );
          head.next = 0;
        }
        return true;
      };
      try {
        const filled = await Promise.all(heads.map(fill));
        let open = heads.filter((_, index) => filled[index]);
        while (open.length > 0) {
          let lowest = open[0]!;
          for (const head of open) if (rowOf(head) < rowOf(lowest)) lowest = head;
          yield lowest.rows[lowest.next]!;
          lowest.next += 1;
          if (lowest.next >= lowest.rows.length && !(await fill(lowest))) {
            open = open.filter((head) => head !== lowest);
          }
        }
      } finally {
        await Promise.all(heads.map(({ cursor }) => cursor.close()));
      }
    },
  };
}

function rowOf(head: { rows: RowResult[]; next: number }): number {
  return head.rows[head.next]!.row;
}
