import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { GatewayClient } from '@mentorline/devstack';
import t from 'tap';
import { brokenPromises, createPeople, randomRows, runSuite, sessionFile, setup } from '../src/index.ts';

const MIB = 1024 * 1024;
const HUGE_MIB = 200;

const [header = '', row = ''] = sessionFile(randomRows({ rows: 1, mentors: 1, days: 1, seed: 1 }))
  .toString()
  .split('\r\n');

/** The same bytes again and again: nobody holds the whole. */
function* repeated(piece: Buffer, bytes: number): Generator<Buffer> {
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
}

function* inTurn(...parts: (string | Buffer | Iterable<Buffer>)[]): Generator<Buffer> {
  for (const part of parts) {
    if (typeof part === 'string') yield Buffer.from(part);
    else if (Buffer.isBuffer(part)) yield part;
    else yield* part;
  }
}

const LETTERS = Buffer.alloc(64 * 1024, 'a');
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');

type Files = Record<string, () => Iterable<Buffer>>;

const BROKEN: Files = {
  'a quote that stays open for 200 MB': () =>
    inTurn(`${header}\r\n${row}\r\n"`, repeated(LETTERS, HUGE_MIB * MIB)),
  'a header without an end': () => repeated(LETTERS, HUGE_MIB * MIB),
  'twenty MB and then a byte that is no UTF-8': () =>
    inTurn(`${header}\r\n`, repeated(Buffer.from(`${row}\r\n`.repeat(500)), 20 * MIB), Buffer.of(0xff)),
  'NUL bytes in a cell': () => inTurn(`${header}\r\n${row.replace('Planning', 'Plan\0\0ning')}\r\n`),
  'NUL bytes only': () => repeated(Buffer.alloc(64 * 1024), 10 * MIB),
  'lone carriage returns': () => inTurn(`${header}\r${row}\r\r${row}\r`),
  'carriage returns only': () => inTurn(`${header}\r\n`, repeated(Buffer.alloc(64 * 1024, '\r'), 10 * MIB)),
  'half a UTF-16 character at the end': () => inTurn(utf16(`${header}\r\n${row}`).subarray(0, -1)),
  'half of a surrogate pair': () => inTurn(utf16(`${header}\r\n${row.replace('Planning', '\uD83D')}\r\n`)),
  'a cell of 10 MB': () => inTurn(`${header}\r\n"`, repeated(LETTERS, 10 * MIB), `"\r\n${row}\r\n`),
  'ten thousand columns': () => inTurn(`${header}${',x'.repeat(10_000)}\r\n${row}\r\n`),
  'quotes at random': () => repeated(Buffer.from(`${header}\r\n${row.replaceAll(',', '",')}\r\n`), 2 * MIB),
};

/** Rows that are small in the file and large in memory. */
const WIDE: Files = {
  'a million blank cells in each row': () =>
    inTurn(`${header}\r\n`, repeated(Buffer.from(`${row}${','.repeat(1_000_000)}\r\n`), 20 * MIB)),
  'ten thousand cells in each row': () =>
    inTurn(`${header}\r\n`, repeated(Buffer.from(`${row}${',x'.repeat(10_000)}\r\n`), 5 * MIB)),
};

/** @returns what people are told of it */
async function upload(manager: GatewayClient, content: Iterable<Buffer>): Promise<string> {
  const response = await manager.fetch('/v1/imports?fileName=broken.csv', {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: Readable.toWeb(Readable.from(content)) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  const body = (await response.json()) as { id: string; code?: string; detail?: string };
  if (response.status !== 202) return `${response.status} ${body.code}: ${body.detail}`;
  const { status, rows, failure } = await manager.waitForImport(body.id, () => {});
  return status === 'failed'
    ? `failed: ${failure?.message}`
    : `${status}: ${rows.invalid} of ${rows.total} invalid`;
}

async function peakMib(pid: number): Promise<number> {
  const [, kib] = /VmHWM:\s+(\d+)/u.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

for (const [which, files, mostMib] of [
  ['broken files', BROKEN, 300],
  ['files of very wide rows', WIDE, 550],
] as const) {
  t.test(
    `${which} are refused or end with a reason, in bounded memory, and the next import runs`,
    async (t) => {
      const fixtures = await setup(t);
      const { store, organisation } = fixtures;
      const suite = await runSuite(t, fixtures, { env: { LOG_LEVEL: 'warn' } });
      await createPeople(store, organisation.id, 1);
      const manager = await suite.signIn('manager@example.org');
      for (const [what, content] of Object.entries(files)) {
        const told = await upload(manager, content());
        t.match(told, /^(?:4\d\d [A-Z_]+: \w|failed: \w|completed: \d+ of [1-9])/u, what);
      }
      const file = sessionFile(randomRows({ rows: 50, mentors: 1, days: 20, seed: 3 }));
      const { id } = await manager.upload('fine.csv', new Uint8Array(file));
      t.match(await manager.waitForImport(id, () => {}), { status: 'completed', rows: { total: 50 } });
      for (const name of ['api', 'importer', 'notifier'] as const) {
        const peak = await peakMib(suite.pid(name));
        t.ok(peak < mostMib, `${name} has taken ${peak} MiB, at most ${mostMib} are fine`);
      }
      t.same(await brokenPromises(store, suite.inbox), []);
    },
  );
}
