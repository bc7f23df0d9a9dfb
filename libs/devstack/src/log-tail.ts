import { open } from 'node:fs/promises';

const TAIL_BYTES = 16 * 1024;

/** What programs of this stack say in JSON lines: mongod writes `s` and `attr`, the services `err`. */
interface LogRecord {
  msg?: string;
  s?: string;
  attr?: Record<string, unknown>;
  err?: { message?: string };
}

function readable(line: string): string | undefined {
  let record: LogRecord;
  try {
    record = JSON.parse(line) as LogRecord;
  } catch {
    return line;
  }
  if (typeof record.msg !== 'string') return line;
  // Of mongod's log only warnings and worse: the rest is hundreds of lines of information.
  if (record.s === 'I' || record.s?.startsWith('D')) return undefined;
  const more = record.err?.message ?? (record.attr && JSON.stringify(record.attr));
  return more ? `${record.msg}: ${more}` : record.msg;
}

/**
 * The last lines of a log file, in words where they are JSON.
 * @param fromByte where this run began: what earlier runs wrote is left out
 */
export async function logTail(file: string, fromByte = 0, lineCount = 12): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(fromByte, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - start)), {
      position: start,
    });
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    if (start > fromByte) lines.shift();
    return lines
      .filter((line) => line.trim() !== '')
      .flatMap((line) => readable(line) ?? [])
      .slice(-lineCount)
      .join('\n');
  } finally {
    await handle.close();
  }
}
