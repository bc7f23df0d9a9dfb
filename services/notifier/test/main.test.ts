import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openQueues } from '@mentorline/jobs';
import { type Fixtures, setup, waitFor } from '@mentorline/testkit';
import { simpleParser } from 'mailparser';
import t from 'tap';
import { storeCancellations, storeEndedImport } from './mail-fixture.ts';
import { startRelay } from './relay.ts';

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));
const IMPATIENCE = new URL('./impatience.js', import.meta.url).href;

function startNotifier(
  t: { teardown(run: () => unknown): unknown },
  fixtures: Fixtures,
  smtpUrl: string,
  { preload }: { preload?: string } = {},
): ChildProcess {
  const child = spawn(process.execPath, [...(preload ? ['--import', preload] : []), MAIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      MONGODB_URI: fixtures.mongodbUri,
      REDIS_URL: fixtures.redisUrl,
      QUEUE_PREFIX: fixtures.queuePrefix,
      INTERNAL_PORT: '0',
      SMTP_URL: smtpUrl,
    },
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

/** Resolves when it is up: until then a signal ends it as it would any process. */
function isUp(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stdout!.on('data', (lines: Buffer) => lines.includes('"started"') && resolve());
  });
}

t.test('an environment that cannot be used is told in sentences', async (t) => {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { INTERNAL_PORT: 'eighty' },
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  t.equal(code, 1);
  t.match(
    stderr,
    /^notifier cannot start; its environment needs mending:\n {2}- INTERNAL_PORT=eighty: [^\n]+\n$/,
  );
});

t.test('two notifiers outlast a relay that is away, send one mail, and stop in order', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  const away = await startRelay(t);
  await away.stop();
  const { mailId, messageId } = await storeEndedImport(fixtures);
  const changes = store.connection.db!.collection('mails').watch([], { fullDocument: 'updateLookup' });
  t.teardown(() => changes.close());
  const statusBecomes = async (status: string): Promise<void> => {
    for await (const change of changes) {
      if ('fullDocument' in change && change.fullDocument?.status === status) return;
    }
  };
  const failedOnce = statusBecomes('pending');
  const processes = [startNotifier(t, fixtures, away.url), startNotifier(t, fixtures, away.url)];
  const areUp = Promise.all(processes.map(isUp));
  await failedOnce;

  let accepted = () => {};
  const arrived = new Promise<void>((resolve) => {
    accepted = resolve;
  });
  const back = await startRelay(t, {
    port: away.port,
    message() {
      accepted();
      return 250;
    },
  });
  await Promise.all([arrived, areUp]);
  const exits = processes.map((child) => once(child, 'exit'));
  for (const child of processes) child.kill('SIGTERM');
  t.same(await Promise.all(exits), [
    [0, null],
    [0, null],
  ]);
  t.equal(back.accepted.length, 1);
  t.equal((await simpleParser(back.accepted[0]!)).messageId, messageId);
  t.equal((await store.mails.findMail(mailId))?.status, 'sent');
});

t.test(
  'a stop waits for the mails that are with the relay, puts all others back, and each arrives once',
  async (t) => {
    const fixtures = await setup(t);
    const { store } = fixtures;
    const count = 40;
    await storeCancellations(fixtures, count);
    const held: (() => void)[] = [];
    let isSlow = true;
    const relay = await startRelay(t, {
      message: () => (isSlow ? new Promise((resolve) => held.push(() => resolve(250))) : 250),
    });
    const child = startNotifier(t, fixtures, relay.url, { preload: IMPATIENCE });
    await waitFor('the relay is busy', async () => held.length === 4);
    const mails = store.connection.collection('mails');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await waitFor('the others are put back', async () => {
      return (await mails.countDocuments({ status: 'pending', attempts: 0, lease: null })) === count - 4;
    });
    // Leaves it the time to break its word.
    await Promise.race([exit, delay(1_000)]);
    t.equal(child.exitCode, null, 'it waits');
    for (const answer of held) answer();
    t.same(await exit, [0, null]);
    t.equal(await mails.countDocuments({ status: 'sent', attempts: 1 }), 4);
    isSlow = false;
    startNotifier(t, fixtures, relay.url);
    await waitFor('all are sent', async () => (await mails.countDocuments({ status: 'sent' })) === count);
    const arrived = await Promise.all(relay.accepted.map(async (raw) => (await simpleParser(raw)).messageId));
    t.equal(arrived.length, count);
    t.equal(new Set(arrived).size, count);
  },
);

t.test('a report arrives before thousands of session mails that wait for a slow relay', async (t) => {
  const fixtures = await setup(t);
  const { store } = fixtures;
  await storeCancellations(fixtures, 3_000);
  const answers: (() => void)[] = [];
  const relay = await startRelay(t, {
    message: () => new Promise((resolve) => answers.push(() => resolve(250))),
  });
  startNotifier(t, fixtures, relay.url);
  const connections = 4;
  const mails = store.connection.collection('mails');
  const inHand = () => mails.countDocuments({ status: 'sending' });
  const most = 24 * connections;
  await waitFor('its hands are full', async () => (await inHand()) === most);
  await waitFor('the relay is busy', async () => relay.offered.length === connections);

  const { mailId, messageId } = await storeEndedImport(fixtures);
  const queues = openQueues({ redisUrl: fixtures.redisUrl, prefix: fixtures.queuePrefix });
  t.teardown(() => queues.close());
  await queues.enqueue('send-mail', { mailId }, 0);
  answers.shift()!();
  // Its turn to be taken in hand comes with the first that is done.
  await waitFor('it is in hand', async () => (await store.mails.findMail(mailId))?.status === 'sending');
  // With the next it also waits for a connection: those claimed after it are claimed when it is handed out.
  answers.shift()!();
  const sent = () => mails.countDocuments({ status: 'sent' });
  await waitFor('another is in hand', async () => (await sent()) === 2 && (await inHand()) === most);
  const isReport = (raw: Buffer): boolean => raw.includes(messageId);
  await waitFor('it is with the relay', async () => {
    if (relay.offered.some(isReport)) return true;
    if (answers.length === connections) answers.shift()!();
    return false;
  });
  const place = relay.offered.findIndex(isReport);
  t.ok(place <= 2 * connections, `only those that were being sent came before it: ${place}`);
  for (const answer of answers) answer();
});
