import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const PRELOAD = fileURLToPath(new URL('../src/preload.js', import.meta.url));
/** Tells how much of OpenTelemetry is in memory. */
const SERVICE = `
  import { createRequire } from 'node:module';
  const files = Object.keys(createRequire(process.cwd() + '/').cache);
  process.stdout.write(String(files.filter((file) => file.includes('opentelemetry')).length));
`;

function loadedWith(endpoint: string): number {
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', PRELOAD, '--input-type=module', '--eval', SERVICE],
    { env: { PATH: process.env.PATH, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, encoding: 'utf8' },
  );
  return Number(stdout);
}

t.test('nothing of it is loaded unless a collector is named', async (t) => {
  t.equal(loadedWith(''), 0);
  t.equal(loadedWith('  '), 0);
  t.ok(loadedWith('http://127.0.0.1:1') > 100);
});
