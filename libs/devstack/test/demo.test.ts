import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const DEMO = fileURLToPath(new URL('../src/demo.js', import.meta.url));

t.test('the demo goes from the upload to the mail, says so, and leaves the report behind', async (t) => {
  const DATA_DIR = t.testdir();
  const demo = spawn(process.execPath, [DEMO], {
    env: { ...process.env, DATA_DIR },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
  t.equal(code, 0);
  t.match(output, /│ +1 │ Leading a school/);
  t.match(output, /Mail inbox, until the demo ends: http:\/\/127\.0\.0\.1:\d+\//);
  t.match(output, 'Session not found');
  t.match(output, 'Subject: Import of sessions-small.csv: 3 published, 7 invalid');
  t.match(output, 'Everything is stopped.');
  t.same((await readdir(join(DATA_DIR, 'demo'))).sort(), ['logs', 'report-mail.eml', 'report.csv']);
});
