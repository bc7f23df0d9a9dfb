import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { startInbox } from '../src/inbox.ts';

const MESSAGE = [
  'Message-ID: <report.1@example.org>',
  'From: mentorline@example.org',
  'To: Priya <manager@example.org>',
  'Subject: Your import',
  '',
  'A line of a dot alone follows:',
  '.',
  'Done.',
  '',
].join('\r\n');

/** Speaks SMTP by hand; @returns the code of the answer to the message itself */
async function deliver(port: number, message: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    for (;;) {
      const { value = '', done } = await lines.next();
      if (done || value[3] !== '-') return value.slice(0, 3);
    }
  };
  const say = (line: string): Promise<string> => {
    socket.write(`${line}\r\n`);
    return answer();
  };
  await answer();
  await say('EHLO test');
  await say('MAIL FROM:<mentorline@example.org>');
  await say('RCPT TO:<manager@example.org>');
  await say('DATA');
  const code = await say(`${message.replace(/^\./gm, '..')}.`);
  await say('QUIT');
  socket.destroy();
  return code;
}

t.test('a message is acknowledged once it stands in the folder, byte for byte', async (t) => {
  const inbox = await startInbox({ dir: t.testdir() });
  t.teardown(inbox.stop);
  const heard: string[] = [];
  inbox.onMessage(({ file }) => heard.push(file));

  t.equal(await deliver(inbox.port, MESSAGE), '250');
  const [name, ...others] = await readdir(inbox.dir);
  t.same(others, []);
  t.match(name, /^\d{8}T\d{6}-0001-report\.1@example\.org\.eml$/);
  t.equal(await readFile(`${inbox.dir}/${name}`, 'utf8'), MESSAGE);

  const [message] = await inbox.messages();
  t.equal(basename(message!.file), name);
  t.same(heard, [message!.file]);
  t.equal(message!.mail.subject, 'Your import');
  t.same(message!.envelope, { from: 'mentorline@example.org', to: ['manager@example.org'] });
});

t.test('an inbox started again on the same port goes on where the last one stopped', async (t) => {
  const dir = t.testdir();
  const first = await startInbox({ dir });
  await deliver(first.port, MESSAGE);
  await first.stop();
  const socket = connect(first.port, '127.0.0.1');
  await t.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' });

  const second = await startInbox({ dir, port: first.port });
  t.teardown(second.stop);
  const coming = second.waitForMessage(({ mail }) => mail.subject === 'Later', 5_000);
  await deliver(second.port, MESSAGE.replace('Your import', 'Later'));
  t.match((await coming).file, '-0002-');
  t.same(
    (await second.messages()).map(({ mail }) => mail.subject),
    ['Your import', 'Later'],
  );
});

t.test('waiting for a message that does not come ends', async (t) => {
  const inbox = await startInbox({ dir: t.testdir() });
  t.teardown(inbox.stop);
  await t.rejects(
    inbox.waitForMessage(() => true, 10),
    { message: /within 10 ms/ },
  );
});
