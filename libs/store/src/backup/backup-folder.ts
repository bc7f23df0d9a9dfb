import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A backup cannot be made or restored; `message` tells the person at the terminal what to do. */
export class BackupError extends Error {}

/**
 * What a backup holds. Its file is written last: without it a backup was broken off and is none. A collection is one
 * file of BSON documents, one after the other, compressed, as `mongodump --gzip` writes it.
 */
export interface Backup {
  format: 1;
  database: string;
  /** By the database's clock, just before the moment of the copy: whatever was acknowledged before is in it. */
  takenAt: string;
  collections: { name: string; documents: number; sha256: string }[];
}

const MANIFEST = 'backup.json';

export function fileOf(folder: string, collection: string): string {
  return join(folder, `${collection}.bson.gz`);
}

/**
 * Makes the folder, for its owner only: it will hold addresses and hashes of passwords.
 * @throws BackupError when something is in it
 */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) {
    throw new BackupError(`${folder} is not empty; name a folder that is, or that is not there yet.`);
  }
}

export async function writeManifest(folder: string, backup: Backup): Promise<void> {
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(backup, null, 2)}\n`, { mode: 0o600 });
}

/**
 * Reads what a backup says of itself, and compares every file with it.
 * @throws BackupError when it was not finished, is damaged, or of a later version
 */
export async function readBackup(folder: string): Promise<Backup> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new BackupError(`${folder} holds no finished backup: there is no ${MANIFEST} in it.`);
  });
  const backup = JSON.parse(text) as Backup;
  if (backup.format !== 1) {
    throw new BackupError(
      `${folder} was written by another version of mentorline; restore it with that one.`,
    );
  }
  for (const { name, sha256 } of backup.collections) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(fileOf(folder, name)), hash).catch((error: Error) => {
      throw new BackupError(`${fileOf(folder, name)} cannot be read: ${error.message}`);
    });
    if (hash.digest('hex') !== sha256) {
      throw new BackupError(`${fileOf(folder, name)} is damaged; nothing has been restored.`);
    }
  }
  return backup;
}
