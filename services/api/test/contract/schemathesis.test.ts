import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findSchemathesis, spawnGuarded } from '@mentorline/devstack';
import t from 'tap';
import { endImport } from '../end-import.ts';
import { openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const ADMIN = 'admin@example.org';
const FILE =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n';

/** Everything at its bounds, then some at random; the same bounds a second time would tell nothing new. */
const RUNS = [
  { email: ADMIN, phases: 'examples,coverage,fuzzing', examples: 2 },
  { email: MANAGER, phases: 'examples,fuzzing', examples: 2 },
  // What one call has told is asked of the next: it finds the ids by itself.
  { email: ADMIN, phases: 'stateful', examples: 80 },
] as const;
type Run = (typeof RUNS)[number];
/** What can be read of a session; a cancelled one is still shown. */
const READS = ['getSession', 'listMentees', 'exportMentees', 'getCalendar', 'getImage'];
/** The same inputs in every run; another number looks elsewhere. */
const SEED = 2027;

const tool = await findSchemathesis(process.env, (line) => t.comment(line));
const folder = await mkdtemp(join(tmpdir(), 'mentorline-schemathesis-'));
t.teardown(() => rm(folder, { recursive: true, force: true }));

async function openFilledGateway() {
  const gateway = await openGateway(t, {
    env: {
      REQUESTS_PER_MINUTE_OF_USER: '0',
      REQUESTS_PER_MINUTE_OF_ADDRESS: '0',
      PUBLIC_URL: 'http://127.0.0.1',
    },
  });
  const { call, users, app, store } = gateway;
  const mentees = ['meera.iyer@example.org'];
  const session = (await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ mentees }))).json();
  const upload = await call(MANAGER, 'POST', '/v1/imports', FILE, { 'content-type': 'text/csv' });
  const ended = upload.json().id as string;
  await endImport(store, ended);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ids: Record<string, string> = {
    getSession: session.id,
    editSession: session.id,
    setMeeting: session.id,
    putImage: session.id,
    getImage: session.id,
    listMentees: session.id,
    exportMentees: session.id,
    getCalendar: session.id,
    getMentorSlots: users.get('asha.rao@example.org')!.id,
    getUser: users.get('arjun.nair@example.org')!.id,
    getImport: ended,
    listRows: ended,
    getSource: ended,
    watchImport: ended,
  };
  return { ...gateway, url: `http://127.0.0.1:${port}`, ids };
}

function settings(ids: Record<string, string>, phases: Run['phases']): string {
  const lines = (operation: string, line: string) =>
    `[[operations]]\ninclude-operation-id = "${operation}"\n${line}\n`;
  const known =
    phases === 'stateful'
      ? READS.map((operation) => lines(operation, 'checks.use_after_free.enabled = false'))
      : Object.entries(ids).map(([operation, id]) =>
          lines(operation, `parameters = { "path.id" = "${id}" }`),
        );
  return `
# What a schema cannot say (a mentor who is there, a time that is free) is refused with 422; guessing passwords with 429.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "422", "429"]

# 431: an address that is longer than any is read, as a cursor of thousands of characters makes it.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429", "431"]

${known.join('\n')}`;
}

async function tryInterface({ email, phases, examples }: Run): Promise<{ code: number; output: string }> {
  const { url, ids, token } = await openFilledGateway();
  const config = join(folder, `${email}-${phases}.toml`);
  await writeFile(config, settings(ids, phases));
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', config, 'run', `${url}/openapi.json`, '--url', url],
    ...['--header', `Authorization: Bearer ${await token(email)}`],
    // It takes an Idempotency-Key again, and so hears once more of what it has made, and since removed.
    ...['--exclude-checks', 'ensure_resource_availability'],
    ...['--checks', 'all', '--phases', phases, '--max-examples', String(examples)],
    ...['--seed', String(SEED), '--workers', '1', '--generation-database', 'none', '--no-color'],
    ...['--request-timeout', '10', '--no-shrink'],
  ];
  const { FORCE_COLOR: _, ...outer } = process.env;
  const env = { ...outer, TERM: 'dumb', PYTHONPATH: tool, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawnGuarded('python3', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, faults, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit') as Promise<[number]>,
  ]);
  const told = output.slice(Math.max(0, output.search(/=+ (?:ERRORS|FAILURES) =+/u)));
  return { code, output: `${told}\n${faults}` };
}

for (const run of RUNS) {
  const { email, phases } = run;
  t.test(
    `nothing that schemathesis sends as ${email} (${phases}) is answered against the document`,
    async (t) => {
      const { code, output } = await tryInterface(run);
      t.equal(code, 0, output);
    },
  );
}
