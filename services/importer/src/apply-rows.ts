import { readRecords } from '@mentorline/csv';
import { splitValues } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import type { Import } from '@mentorline/store';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { applyChunk } from './apply-chunk.ts';
import type { ApplyDeps, PendingRow } from './commit-chunk.ts';
import { type ApplyingDeps, TRANSACTIONS_SIDE_BY_SIDE } from './import-deps.ts';
import { partitionOf } from './partition-of.ts';
import { rowCellsOf } from './row-cells.ts';

const CHUNK_BYTES = 2 * 1024 * 1024;
const KNOWN_PEOPLE = 50_000;

/** One partition: the chunk that is filling, and the one being applied. */
interface Lane {
  partition: number;
  /** The last row handed to a chunk. */
  checkpoint: number;
  rows: PendingRow[];
  bytes: number;
  applying: Promise<void>;
}

/**
 * Applies every row that has no result yet. One reader parses the file and deals the rows to their partitions;
 * partitions run side by side, each strictly in row order. The reader waits for a partition that has one chunk
 * applying and the next one full, so memory stays flat.
 * @throws when it is to leave off, or a chunk could not be applied; what is applied stays
 */
export async function applyRows(deps: ApplyingDeps, input: Import, stop: AbortSignal): Promise<void> {
  const { store, config } = deps;
  const checkpoints = await store.imports.readCheckpoints(input.id);
  const lanes = checkpoints.map(
    (checkpoint, partition): Lane => ({
      partition,
      checkpoint,
      rows: [],
      bytes: 0,
      applying: Promise.resolve(),
    }),
  );
  const organisation = await store.organisations.findOrganisation(input.organisationId);
  if (!organisation) throw new AppError('INTERNAL_ERROR', 'The organisation of this import no longer exists');
  const rowCells = rowCellsOf(input.header.columns);
  const failed = new AbortController();
  const signal = AbortSignal.any([stop, failed.signal]);
  const applyDeps: ApplyDeps = {
    store,
    transactions: deps.transactions,
    organisation,
    catalogue: await store.options.loadCatalogue(input.organisationId, input.id),
    rowCells,
    people: new LRUCache({ max: KNOWN_PEOPLE }),
    logger: deps.logger,
    signal,
  };

  const inTurn = pLimit(TRANSACTIONS_SIDE_BY_SIDE);
  const flush = (lane: Lane): void => {
    const { rows } = lane;
    const from = lane.checkpoint;
    if (rows.length === 0) return;
    lane.checkpoint = rows.at(-1)!.row;
    lane.rows = [];
    lane.bytes = 0;
    const previous = lane.applying;
    lane.applying = previous.then(() =>
      inTurn(async () => {
        if (!signal.aborted) {
          await applyChunk(applyDeps, { import: input, partition: lane.partition, from, rows });
        }
      }),
    );
    // Kept here for the lane's next chunk and for the end; the signal tells the reader at once.
    lane.applying.catch((error) => failed.abort(error));
  };

  try {
    const landmark = input.landmarks.findLast(({ row }) => row <= Math.min(...checkpoints));
    const place = landmark ? { startOffset: landmark.offset, startRow: landmark.row + 1 } : {};
    const part = landmark && { start: landmark.offset, end: input.sizeBytes };
    const source = store.files.readFile(input.fileId, part);
    for await (const { records } of readRecords(source, input, { ...place, signal })) {
      for (const { row, cells } of records) {
        // Only the address itself decides: to keep every row as read would hold many times its cells. It is taken
        // from the cell as the row's own reading takes it: `a@example.org;` is no other mentor than `a@example.org`.
        const [mentor = ''] = splitValues(rowCells(cells).get('mentor'));
        const lane = lanes[partitionOf(mentor.toLowerCase(), row, lanes.length)]!;
        if (row <= lane.checkpoint) continue;
        lane.rows.push({ row, cells });
        for (const cell of cells) lane.bytes += cell.length;
        if (lane.rows.length >= config.IMPORT_CHUNK_ROWS || lane.bytes >= CHUNK_BYTES) {
          await lane.applying;
          flush(lane);
        }
      }
    }
    for (const lane of lanes) flush(lane);
  } catch (error) {
    failed.abort(error);
  }
  await Promise.allSettled(lanes.map(({ applying }) => applying));
  if (failed.signal.aborted) throw failed.signal.reason;
  stop.throwIfAborted();
}
