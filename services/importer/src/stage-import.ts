import { createHash } from 'node:crypto';
import { readRecords } from '@mentorline/csv';
import { AppError } from '@mentorline/runtime';
import type { Import, Store } from '@mentorline/store';
import type { ImporterConfig } from './config.ts';

const LANDMARK_EVERY_ROWS = 5_000;

/**
 * Reads the file once from end to end without applying anything: a file that is broken anywhere fails here, whole.
 * Then counts and landmarks are stored and the import moves on to `applying`.
 * @throws AppError saying what is wrong with the file and in which row
 */
export async function stageImport(
  deps: { store: Store; config: ImporterConfig },
  input: Import,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, config } = deps;
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const bytes of store.files.readFile(input.fileId)) {
      hash.update(bytes);
      yield bytes;
    }
  }
  let rowsTotal = 0;
  const landmarks: Import['landmarks'] = [];
  const options = { maxRows: config.MAX_IMPORT_ROWS, signal };
  for await (const { records } of readRecords(hashed(), input, options)) {
    for (const { row, endOffset } of records) {
      rowsTotal = row;
      if (row % LANDMARK_EVERY_ROWS === 0 && endOffset !== undefined)
        landmarks.push({ row, offset: endOffset });
    }
  }
  if (hash.digest('hex') !== input.sha256) {
    throw new AppError(
      'FILE_DAMAGED',
      'The stored file is not the one that was uploaded; please upload it again.',
    );
  }
  signal.throwIfAborted();
  await store.imports.beginApplying(input.id, owner, {
    rowsTotal,
    landmarks,
    partitions: config.IMPORT_PARTITIONS,
  });
}
