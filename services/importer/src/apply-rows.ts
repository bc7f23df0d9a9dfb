import { AppError } from '@mentorline/runtime';
import type { Import, Shard, Suspect } from '@mentorline/store';
import pLimit from 'p-limit';
import { applyChunk, giveUpRow } from './apply-chunk.ts';
import { type Caution, cautionFor } from './caution.ts';
import type { Chunk } from './commit-chunk.ts';
import { type ClaimedDeps, TRANSACTIONS_SIDE_BY_SIDE } from './import-deps.ts';
import { partitionOf } from './partition-of.ts';
import { readRows } from './read-rows.ts';
import type { PendingRow, RowKind } from './rows/row-kind.ts';

const CHUNK_BYTES = 2 * 1024 * 1024;
/** What a cell takes in memory besides its text: rows of a great many short cells are larger than they look. */
const CELL_BYTES = 8;

/** One partition: the chunk that is filling, and those on their way to the database. */
interface Lane {
  partition: number;
  /** The last row handed to a chunk. */
  checkpoint: number;
  rows: PendingRow[];
  bytes: number;
  applying: Promise<void>;
  /** First rows of the chunks that are not through yet. */
  open: number[];
}

export interface ShardWork {
  import: Import;
  shard: Shard;
  kind: RowKind;
  /** Notes what is about to be tried. @throws when the shard is no longer this worker's */
  noteTrial: (trial: Omit<Suspect, 'crashes'>) => Promise<void>;
  /** Told as the work goes on: every row of the shard up to this one has its result. */
  doneThrough: (row: number) => void;
}

/**
 * Applies every row of a shard that has no result yet. One reader parses the file and deals the rows to their
 * partitions; partitions run side by side, each strictly in row order. The reader waits for a partition that has one
 * chunk applying and the next one full, so memory stays flat.
 * @throws when it is to leave off, or a chunk could not be applied; what is applied stays
 */
export async function applyRows(deps: ClaimedDeps, work: ShardWork, stop: AbortSignal): Promise<void> {
  const { store, config } = deps;
  const { import: input, shard, kind } = work;
  const lanes = await openLanes(deps, work);
  const caution = cautionFor(shard, enoughRows(deps, input));
  const failed = new AbortController();
  const signal = AbortSignal.any([stop, failed.signal]);
  const sideBySide = pLimit(TRANSACTIONS_SIDE_BY_SIDE);
  const oneByOne = pLimit(1);
  let read = shard.doneThrough;

  const flush = (lane: Lane): void => {
    const { rows, partition } = lane;
    const from = lane.checkpoint;
    if (rows.length === 0) return;
    lane.checkpoint = rows.at(-1)!.row;
    lane.rows = [];
    lane.bytes = 0;
    lane.open.push(rows[0]!.row);
    const previous = lane.applying;
    const inTurn = caution.careful ? oneByOne : sideBySide;
    lane.applying = previous.then(() =>
      inTurn(async () => {
        if (signal.aborted) return;
        const chunk = { import: input, partition, from, rows };
        await tryChunk({ ...deps, kind, signal }, chunk, caution, work.noteTrial);
        lane.open.shift();
        work.doneThrough(doneThroughOf(lanes, read));
      }),
    );
    // Kept here for the lane's next chunk and for the end; the signal tells the reader at once.
    lane.applying.catch((error) => failed.abort(error));
  };

  try {
    const from = input.landmarks.findLast(({ row }) => row <= shard.doneThrough);
    for await (const rows of readRows({ store }, input, { from, signal })) {
      const keys = await kind.keysOf(rows);
      for (const [index, pending] of rows.entries()) {
        const lane = lanes.get(partitionOf(keys[index]!, pending.row, input.partitions));
        if (!lane || pending.row <= lane.checkpoint) continue;
        lane.rows.push(pending);
        for (const cell of pending.cells) lane.bytes += cell.length + CELL_BYTES;
        if (lane.rows.length >= config.IMPORT_CHUNK_ROWS || lane.bytes >= CHUNK_BYTES) {
          await lane.applying;
          flush(lane);
        }
      }
      read = rows.at(-1)?.row ?? read;
    }
    for (const lane of lanes.values()) flush(lane);
  } catch (error) {
    failed.abort(error);
  }
  await Promise.allSettled([...lanes.values()].map(({ applying }) => applying));
  if (failed.signal.aborted) throw failed.signal.reason;
  stop.throwIfAborted();
}

/** The partitions of the shard, by number. */
async function openLanes(
  { store }: ClaimedDeps,
  { import: input, shard }: ShardWork,
): Promise<Map<number, Lane>> {
  const checkpoints = await store.shards.readCheckpoints(input.id);
  if (checkpoints.length !== input.partitions) {
    throw new AppError('INTERNAL_ERROR', 'The checkpoints of this import are lost');
  }
  return new Map(
    [...checkpoints.entries()]
      .filter(([partition]) => partition % input.shards === shard.shard)
      .map(([partition, checkpoint]) => [
        partition,
        { partition, checkpoint, rows: [], bytes: 0, applying: Promise.resolve(), open: [] },
      ]),
  );
}

/** As many rows as can have been on their way when a process was lost: past them, it was none of these. */
function enoughRows({ config }: ClaimedDeps, { partitions, shards }: Import): number {
  return 2 * config.IMPORT_CHUNK_ROWS * Math.ceil(partitions / shards);
}

function doneThroughOf(lanes: ReadonlyMap<number, Lane>, read: number): number {
  let done = read;
  for (const { open, rows } of lanes.values()) {
    const first = open[0] ?? rows[0]?.row;
    if (first !== undefined) done = Math.min(done, first - 1);
  }
  return done;
}

async function tryChunk(
  deps: Parameters<typeof applyChunk>[0],
  chunk: Chunk,
  caution: Caution,
  noteTrial: ShardWork['noteTrial'],
): Promise<void> {
  let { from } = chunk;
  for (const rows of caution.split(chunk.partition, chunk.rows)) {
    const part = { ...chunk, from, rows };
    const fromRow = rows[0]!.row;
    const toRow = rows.at(-1)!.row;
    if (rows.length === 1 && caution.isGivenUp(chunk.partition, fromRow)) {
      await giveUpRow(deps, part);
    } else {
      if (caution.careful) await noteTrial({ partition: chunk.partition, fromRow, toRow });
      await applyChunk(deps, part);
    }
    caution.passed(rows.length);
    from = toRow;
  }
}
