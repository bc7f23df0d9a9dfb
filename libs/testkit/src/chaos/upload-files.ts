import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '@mentorline/store';
import type { OracleWorld } from '../oracle/world.ts';
import { oneOf, type Random } from '../random-numbers.ts';
import { randomRows } from '../random-rows.ts';
import { sessionFile } from '../session-file.ts';
import type { Send } from './send-until-answered.ts';
import { countIn, type Tally } from './tally.ts';

const SIZES = [1, 10, 20, 50, 300, 1_000, 3_000];
/** Everybody in the sessions of larger files would be written to. */
const LARGEST_TOLD = 20;
const MOST_OPEN = 4;
const POLL_MS = 200;

export interface Upload {
  id: string;
  fileName: string;
  rows: number;
}

/** Uploads files of rows of every kind until it is over, a few of which it cancels. */
export async function uploadFiles(
  deps: {
    name: string;
    store: Store;
    send: Send;
    random: Random;
    tally: Tally;
    mentors: number;
    days: number;
    world: Omit<OracleWorld, 'nowMs'>;
    complain: (what: string) => void;
  },
  over: AbortSignal,
): Promise<Upload[]> {
  const { name, store, send, random, tally, mentors, days, world, complain } = deps;
  const uploads: Upload[] = [];
  const isFull = async (): Promise<boolean> =>
    (await store.connection.collection('imports').countDocuments({ finishedAt: null })) >= MOST_OPEN;
  for (let n = 0; !over.aborted; n += 1) {
    // A database that is away is no reason to wait.
    while (!over.aborted && (await isFull().catch(() => false))) await delay(POLL_MS);
    const rows = oneOf(random, SIZES);
    const wanted = randomRows({ rows, mentors, days, seed: random(1_000_000), world });
    // Rows that only edit may not mention it, and a file without a mandatory column is refused.
    const file = sessionFile(wanted.map((row) => ({ Region: '', ...row })));
    const fileName = `${name}-${n}.csv`;
    const form = new FormData();
    form.set('notify', String(rows <= LARGEST_TOLD));
    form.set('file', new File([new Uint8Array(file)], fileName, { type: 'text/csv' }));
    const headers = { 'idempotency-key': `file-${fileName}` };
    const answer = await send({ method: 'POST', path: '/v1/imports', headers, body: form });
    if (answer.status !== 202) {
      complain(
        `the upload of ${fileName} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`,
      );
      continue;
    }
    const id = String(answer.body.id);
    countIn(tally.writes, 'files uploaded');
    uploads.push({ id, fileName, rows });
    if (random(15) !== 0) continue;
    await delay(random(1_000));
    const { status } = await send({ method: 'POST', path: `/v1/imports/${id}/cancel` });
    if (status < 300) countIn(tally.writes, 'imports called off');
    else if (status !== 409) complain(`the cancellation of ${fileName} was answered with ${status}`);
  }
  return uploads;
}
