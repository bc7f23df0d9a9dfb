import type { RowStatus } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { RowResult } from './import-result.model.ts';
import type { Models } from './models.ts';
import type { Transaction } from './transaction.ts';

export function resultStore({ ImportResult }: Models) {
  /** One partition's results after a row, in row order, a chunk at a time. */
  function chunksOf(importId: string, partition: number, filter: { after: number; status?: RowStatus }) {
    const { after, status } = filter;
    const wanted = [{ $gt: ['$$row.row', after] }, ...(status ? [{ $eq: ['$$row.status', status] }] : [])];
    return ImportResult.collection.aggregate<{ rows: RowResult[] }>(
      [
        {
          $match: {
            importId: new Types.ObjectId(importId),
            partition,
            lastRow: { $gt: after },
            ...(status ? { statuses: status } : {}),
          },
        },
        { $sort: { lastRow: 1 } },
        { $project: { _id: 0, rows: { $filter: { input: '$rows', as: 'row', cond: { $and: wanted } } } } },
      ],
      // Two chunks a fetch: sixteen partitions are open side by side and memory must stay flat.
      { batchSize: 2 },
    );
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
          rows: [...chunk.rows],
        },
        { session: transaction },
      );
    },

    /**
     * The results of an import in file order: the partitions' chunks merged. Memory holds a few chunks a partition,
     * whatever the number of rows.
     */
    async *readResults(
      importId: string,
      partitions: number,
      filter: { after?: number; status?: RowStatus } = {},
    ): AsyncGenerator<RowResult> {
      const heads = Array.from({ length: partitions }, (_, partition) => {
        const cursor = chunksOf(importId, partition, { after: 0, ...filter });
        return { cursor, rows: [] as RowResult[], next: 0 };
      });
      const fill = async (head: (typeof heads)[number]): Promise<boolean> => {
        while (head.next >= head.rows.length) {
          const chunk = await head.cursor.next();
          if (!chunk) return false;
          head.rows = chunk.rows;
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
