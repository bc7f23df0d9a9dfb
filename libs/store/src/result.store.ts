import type { RowStatus } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { ImportResultDocument, RowResult } from './import-result.model.ts';
import type { Models } from './models.ts';
import { aggregateAtOnce } from './read-at-once.ts';
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

/** A line for each row, so that whoever wants a few of them need not parse them all. */
function pack(rows: readonly RowResult[]): string {
  const lines = rows.map(({ row, action, status, sessionId, note, errors, cells }) => {
    const packed: PackedRow = [row, action, status, sessionId, note, errors, cells];
    return JSON.stringify(packed);
  });
  return `[${lines.join(LINE_END)}]`;
}

/** No string of JSON holds a line's end as it is. */
const LINE_END = ',\n';

function unpack(text: string): RowResult[] {
  return (JSON.parse(text) as PackedRow[]).map(named);
}

function named([row, action, status, sessionId, note, errors, cells]: PackedRow): RowResult {
  return { row, action, status, sessionId, note, errors, cells };
}

/** The rows of a chunk after one, of one status, in their order. */
function* rowsAfter(text: string, after: number, status?: RowStatus): Generator<RowResult> {
  const lines = text.slice(1, -1).split(LINE_END);
  // One of an earlier version is all in one line.
  const rows = lines.length === 1 ? unpack(text) : lines;
  for (const each of rows) {
    const row = typeof each === 'string' ? Number.parseInt(each.slice(1), 10) : each.row;
    if (row <= after) continue;
    const result = typeof each === 'string' ? named(JSON.parse(each) as PackedRow) : each;
    if (!status || result.status === status) yield result;
  }
}

type Chunk = Pick<ImportResultDocument, 'rows' | 'lastRow'>;

/** Where a partition is read. */
interface Head {
  partition: number;
  /** Last row of the chunk that is open. */
  through: number;
  rows: Iterator<RowResult>;
  /** Not handed out yet. */
  next: RowResult | undefined;
}

export function resultStore({ ImportResult }: Models) {
  /** The chunk of a partition that comes next after a row, if one holds what is asked for. */
  async function chunkAfter(
    importId: string,
    partition: number,
    { after, status }: ResultFilter & { after: number },
  ): Promise<Chunk | undefined> {
    const [chunk] = await aggregateAtOnce<Chunk>(ImportResult, [
      {
        $match: {
          ...{ importId: new Types.ObjectId(importId), partition, lastRow: { $gt: after } },
          ...(status ? { statuses: status } : {}),
        },
      },
      { $sort: { lastRow: 1 } },
      { $limit: 1 },
      { $project: { _id: 0, rows: 1, lastRow: 1 } },
    ]);
    return chunk;
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
     * The results of an import in file order: the partitions' chunks merged. Memory holds a chunk a partition, whatever the
     * number of rows.
     */
    async *readResults(
      importId: string,
      partitions: number,
      { after = 0, status }: ResultFilter = {},
    ): AsyncGenerator<RowResult> {
      /** Goes to the next row of a partition in the chunks after the one that is open. */
      const openNext = async (head: Head): Promise<boolean> => {
        do {
          const filter = { after: head.through, ...(status ? { status } : {}) };
          const chunk = await chunkAfter(importId, head.partition, filter);
          if (!chunk) return false;
          head.rows = rowsAfter(chunk.rows, after, status);
          head.through = chunk.lastRow;
        } while (!step(head));
        return true;
      };
      const heads = Array.from({ length: partitions }, (_, partition): Head => {
        return { partition, through: after, rows: [].values(), next: undefined };
      });
      const there = await Promise.all(heads.map(openNext));
      let open = heads.filter((_, index) => there[index]);
      while (open.length > 0) {
        let lowest = open[0]!;
        for (const head of open) if (head.next!.row < lowest.next!.row) lowest = head;
        yield lowest.next!;
        if (!step(lowest) && !(await openNext(lowest))) open = open.filter((head) => head !== lowest);
      }
    },
  };
}

/** Goes to the next row of the chunk that is open. */
function step(head: Head): boolean {
  const { done, value } = head.rows.next();
  head.next = value;
  return !done;
}
