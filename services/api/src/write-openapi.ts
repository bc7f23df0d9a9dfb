/**
 * `node write-openapi.js FILE [--check]`: writes the OpenAPI document into the file, or only tells whether the file
 * is up to date. No server is needed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createLogger } from '@mentorline/runtime';
import { buildApp } from './app.ts';
import { loadApiConfig } from './config.ts';

/** Where the document stands by itself; a running gateway tells its own address. */
const PUBLIC_URL = 'https://mentorline.invalid';

/** Routes are only added, and none is called: whatever they hold on to need not be there. */
function unused<Dep>(): Dep {
  const nothing: unknown = new Proxy(() => {}, {
    get: (_, name) => (name === 'then' ? undefined : nothing),
    apply: () => nothing,
  });
  return nothing as Dep;
}

const [file = '', mode] = process.argv.slice(2);
const app = await buildApp({
  store: unused(),
  queues: unused(),
  counters: unused(),
  config: loadApiConfig({ PUBLIC_URL }),
  logger: createLogger({ service: 'api', level: 'fatal' }),
  metrics: unused(),
  activity: unused(),
  now: () => new Date(),
});
const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
await app.close();
if (mode !== '--check') await writeFile(file, text);
else if ((await readFile(file, 'utf8')) !== text) {
  process.stderr.write(
    `${file} is not what the routes say. Write it anew, and the client with it: npm run client\n`,
  );
  process.exitCode = 1;
}
