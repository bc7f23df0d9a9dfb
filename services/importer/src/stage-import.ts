import { createHash } from 'node:crypto';
import { scanRecords } from '@mentorline/csv';
import { AppError } from '@mentorline/runtime';
import type { Import, Store } from '@mentorline/store';
import type { ImporterConfig } from './config.ts';
import { readRows } from './read-rows.ts';

const LANDMARK_EVERY_ROWS = 5_000;

/**
 * Reads the file once from end to end without applying anything: a file that is broken anywhere fails here, whole.
 * @returns what applying needs to know of it
 * @throws AppError saying what is wrong with the file and in which row
 */
export async function stageImport(
  deps: { store: Store; config: ImporterConfig },
  input: Import,
  signal: AbortSignal,
): Promise<Pick<Import, 'rowsTotal' | 'landmarks' | 'partitions' | 'shards'>> {
  const { store, config } = deps;
  const { fileId } = input;
  const hash = createHash('sha256');
  async function* hashed(id: string): AsyncGenerator<Buffer> {
    for await (const bytes of store.files.readFile(id)) {
      hash.update(bytes);
      yield bytes;
    }
  }
  const { rows: rowsTotal, landmarks } = fileId
    ? await scanRecords(hashed(fileId), input, {
        landmarkEveryRows: LANDMARK_EVERY_ROWS,
        maxRows: config.MAX_IMPORT_ROWS,
        signal,
      })
    : { rows: await countUndoneRows(deps, input, signal), landmarks: [] };
  if (fileId && hash.digest('hex') !== input.sha256) {
    throw new AppError(
      'FILE_DAMAGED',
      'The stored file is not the one that was uploaded; please upload it again',
    );
  }
  const shards = Math.min(
    config.IMPORT_SHARDS,
    config.IMPORT_PARTITIONS,
    Math.max(1, Math.floor(rowsTotal / config.IMPORT_SHARD_ROWS)),
  );
  return { rowsTotal, landmarks, partitions: config.IMPORT_PARTITIONS, shards };
}

async function countUndoneRows(deps: { store: Store }, input: Import, signal: AbortSignal): Promise<number> {
  let rowsTotal = 0;
  for await (const rows of readRows(deps, input, { signal })) rowsTotal += rows.length;
  return rowsTotal;
}
