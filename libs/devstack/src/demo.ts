/** `npm run demo`: the whole product once, from upload to mail, in a folder that is thrown away. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DEMO_PASSWORD } from './demo-accounts.ts';
import { demoOutput } from './demo-output.ts';
import { type RowResult, signIn } from './gateway-client.ts';
import { stopGuarded } from './guard.ts';
import type { InboxMessage } from './inbox.ts';
import { launch } from './launcher.ts';
import { freePort } from './ports.ts';
import { StartError } from './start-error.ts';
import { type Suite, startSuite } from './suite.ts';

const SAMPLE = 'sessions-small.csv';
const SAMPLE_FILE = fileURLToPath(new URL(`../../samples/${SAMPLE}`, import.meta.url));
const MANAGER = 'manager@example.org';
/** What the rules say of the sample; all other rows are refused. */
const PUBLISHED_ROWS = [1, 3, 5];
const ROW_COUNT = 10;
/** From the sign-in to the mail; starting has time limits of its own. */
const TIMEOUT_MS = 60_000;

const out = demoOutput(process.stdout, process.stdout.isTTY && !process.env.NO_COLOR);

function requireExpectedRows(rows: readonly RowResult[]): void {
  if (rows.length !== ROW_COUNT)
    throw new StartError(`Expected ${ROW_COUNT} row results, got ${rows.length}.`);
  for (const [index, { row, status }] of rows.entries()) {
    const expected = PUBLISHED_ROWS.includes(row) ? 'Published' : 'Invalid';
    if (row !== index + 1)
      throw new StartError(`Expected the result of row ${index + 1}, got that of row ${row}.`);
    if (status !== expected)
      throw new StartError(`Expected row ${row} to be ${expected}, but it is ${status}.`);
  }
}

function requireExpectedMail(
  messages: readonly InboxMessage[],
  messageId: string | null,
  report: Buffer,
): InboxMessage {
  const [message, ...more] = messages;
  if (!message || more.length > 0) throw new StartError(`Expected one mail, got ${messages.length}.`);
  if (message.envelope?.to.join() !== MANAGER) {
    throw new StartError(`Expected the mail to go to ${MANAGER}, not to ${message.envelope?.to.join()}.`);
  }
  if (message.mail.messageId !== messageId) {
    throw new StartError(`The import names the mail ${messageId}, but ${message.mail.messageId} came.`);
  }
  if (!message.mail.attachments.some(({ content }) => content.equals(report))) {
    throw new StartError('No attachment of the mail equals report.csv.');
  }
  return message;
}

/** What a client of the gateway does: upload, watch, read the results; then a look into the manager's mail. */
async function tellTheStory(suite: Suite, keptDir: string): Promise<void> {
  out.say(`  Mail inbox, until the demo ends: ${suite.servers.inboxUrl}`);
  const client = await out.step(`Signing in as ${MANAGER} at ${suite.gatewayUrl}`, () =>
    signIn(suite.gatewayUrl, { email: MANAGER, password: DEMO_PASSWORD }),
  );
  const sample = new Uint8Array(await readFile(SAMPLE_FILE));
  const { id } = await out.step(`Uploading ${SAMPLE} (${sample.length} bytes)`, () =>
    client.upload(SAMPLE, sample),
  );

  const state = await out.step(`Import ${id}: booking the sessions, mailing the report`, async () => {
    const last = await client.waitForImport(id, out.progress);
    out.endProgress();
    return last;
  });
  if (state.status !== 'completed') {
    throw new StartError(
      `Expected the import to be completed, but it is ${state.status}: ${state.failure?.message}`,
    );
  }
  if (state.mail?.status !== 'sent')
    throw new StartError(`Expected the mail to be sent: ${state.mail?.status}`);

  const [rows, report] = await Promise.all([client.rows(id), client.report(id)]);
  out.say();
  out.rowTable(rows);
  requireExpectedRows(rows);

  const message = requireExpectedMail(await suite.servers.inbox!.messages(), state.mail.messageId, report);
  out.say(`\nThe mail that arrived:\n`);
  out.mail(message.mail);

  await mkdir(keptDir, { recursive: true });
  await writeFile(join(keptDir, 'report.csv'), report);
  await writeFile(join(keptDir, 'report-mail.eml'), message.raw);
  out.say('\nThe attachment is, byte for byte, the report that the gateway offers.');
  out.say(`  Report  ${join(keptDir, 'report.csv')}`);
  out.say(`  Mail    ${join(keptDir, 'report-mail.eml')}\n`);
}

/** The demo brings its own servers: only there are its accounts, and only its own inbox can be looked into. */
function ownServersOnly(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MONGODB_URI, REDIS_URL, SMTP_URL, PUBLIC_URL, ...rest } = env;
  const named = Object.entries({ MONGODB_URI, REDIS_URL, SMTP_URL }).flatMap(([name, value]) =>
    value ? [name] : [],
  );
  if (named.length > 0) out.say(`The demo starts servers of its own; not used: ${named.join(', ')}.`);
  return rest;
}

await launch(async (launcher) => {
  const keptDir = resolve(process.env.DATA_DIR || '.data', 'demo');
  const dataDir = await mkdtemp(join(tmpdir(), 'mentorline-demo-'));
  let suite: Suite | undefined;
  launcher.stopWith(async () => {
    await (suite?.stop() ?? stopGuarded());
    await keepLogs(join(dataDir, 'logs'), join(keptDir, 'logs'));
    await rm(dataDir, { recursive: true, force: true });
    out.say(`Everything is stopped. ${out.elapsed()} in all.`);
  });

  const env = ownServersOnly(process.env);
  const port = await freePort();
  suite = await out.step('Starting mongod, redis-server, a mail inbox; then api, importer, notifier', () =>
    startSuite({ dataDir, env, port, say: (line) => out.say(`  ${line}`), disposable: true }),
  );
  await Promise.race([
    tellTheStory(suite, keptDir),
    suite.failed.then((what) => {
      throw new StartError(what);
    }),
    delay(TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new StartError(
        `The demo was not done within ${TIMEOUT_MS / 1000} s; it hung at: ${out.currentStep()}.\nLogs: ${join(keptDir, 'logs')}`,
      );
    }),
  ]);
  return 0;
});

/** The logs outlive the folder they were written in: they are what one needs when the demo fails. */
async function keepLogs(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  if (existsSync(from)) await cp(from, to, { recursive: true });
}
