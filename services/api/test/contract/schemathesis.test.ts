import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findSchemathesis, spawnGuarded } from '@mentorline/devstack';
import t from 'tap';
import { MANAGER, OPERATOR } from '../ops/operators.ts';
import { readOperations } from '../security/document.ts';
import { ADMIN, type FilledGateway, MENTEE, MENTOR, openFilledGateway } from './filled-gateway.ts';

/**
 * Everything at its bounds, then some at random, by each role for what it may; the same bounds a second time would
 * tell nothing new. Then what one call has told is asked of the next, where the ids are found by itself.
 */
const RUNS = [
  { email: ADMIN, phases: 'examples,coverage,fuzzing', examples: 5, only: ['--exclude-tag', 'operations'] },
  {
    email: OPERATOR,
    phases: 'examples,coverage,fuzzing',
    examples: 5,
    only: ['--include-tag', 'operations'],
  },
  { email: MANAGER, phases: 'examples,fuzzing', examples: 3, only: ['--exclude-tag', 'operations'] },
  { email: MENTOR, phases: 'examples,fuzzing', examples: 2, only: ['--include-tag', 'sessions'] },
  { email: MENTEE, phases: 'examples,fuzzing', examples: 2, only: ['--include-tag', 'sessions'] },
  { email: ADMIN, phases: 'stateful', examples: 100, only: ['--include-tag', 'sessions'] },
  {
    ...{ email: ADMIN, phases: 'stateful', examples: 100 },
    only: ['--exclude-tag', 'sessions', '--exclude-tag', 'operations'],
  },
] as const;
type Run = (typeof RUNS)[number];

/**
 * A session is cancelled, a user with sessions deactivated, an option retired, rather than deleted: each is still shown.
 * There `use_after_end` of the hooks stands in for `use_after_free`, and wants it said that they have ended.
 */
const KEPT = [
  'getSession',
  'listMentees',
  'exportMentees',
  'getCalendar',
  'getImage',
  'getUser',
  'updateOption',
];
const STATEFUL_HOOKS = fileURLToPath(new URL('../../../test/contract/stateful.py', import.meta.url));
/** The same inputs in every run; another number looks elsewhere. */
const SEED = 2027;

const tool = await findSchemathesis(process.env, (line) => t.comment(line));
const folder = await mkdtemp(join(tmpdir(), 'mentorline-schemathesis-'));
t.teardown(() => rm(folder, { recursive: true, force: true }));
let operations: string[] = [];
/** What somebody was answered with a success. */
const reached = new Set<string>();

function settings({ inPath }: FilledGateway, phases: Run['phases']): string {
  const lines = (operation: string, line: string) =>
    `[[operations]]\ninclude-operation-id = "${operation}"\n${line}\n`;
  const isStateful = phases === 'stateful';
  const known = isStateful
    ? KEPT.map((operation) => lines(operation, 'checks.use_after_free.enabled = false'))
    : Object.entries(inPath).map(([operation, ids]) => {
        const pairs = Object.entries(ids).map(([name, id]) => `"path.${name}" = "${id}"`);
        return lines(operation, `parameters = { ${pairs.join(', ')} }`);
      });
  return `
${isStateful ? `hooks = "${STATEFUL_HOOKS}"` : ''}
# What a schema cannot say (a mentor who is there, a time that is free) is refused with 422; guessing passwords with 429.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "422", "429"]

# 431: an address that is longer than any is read, as a cursor of thousands of characters makes it.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429", "431"]

${known.join('\n')}`;
}

async function tryInterface(run: Run): Promise<{ code: number; output: string }> {
  const { email, phases, examples, only } = run;
  const gateway = await openFilledGateway(t);
  const { url, token, deps } = gateway;
  operations = (await readOperations(gateway)).map(({ name }) => name);
  // What was called to fill it is no success of the run.
  deps.metrics.seconds.reset();
  const config = join(folder, `${RUNS.indexOf(run)}.toml`);
  await writeFile(config, settings(gateway, phases));
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', config, 'run', `${url}/openapi.json`, '--url', url],
    ...['--header', `Authorization: Bearer ${await token(email)}`, ...only],
    // All checks, by default: named here, they would run where the settings have taken one out, too.
    ...['--phases', phases, '--max-examples', String(examples)],
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
  for (const { labels } of (await deps.metrics.seconds.get()).values) {
    const { method, route, status } = labels;
    if (status === '2xx') reached.add(`${method} ${String(route).replace(/:(\w+)/gu, '{$1}')}`);
  }
  const told = output.slice(Math.max(0, output.search(/=+ (?:ERRORS|FAILURES) =+/u)));
  return { code, output: `${told}\n${faults}` };
}

for (const run of RUNS) {
  const { email, phases, only } = run;
  t.test(
    `nothing that schemathesis sends as ${email} (${phases} ${only.join(' ')}) is answered against the document`,
    async (t) => {
      const { code, output } = await tryInterface(run);
      t.equal(code, 0, output);
    },
  );
}

/** They take a secret that somebody was given a moment ago, which no document holds. */
const NEED_A_SECRET = [
  ...['POST /v1/auth/refresh', 'POST /v1/auth/password-reset/confirm', 'PUT /v1/me/password'],
];

t.test('every operation is done by somebody who may', async (t) => {
  const missed = operations.filter((name) => !reached.has(name));
  t.comment(
    `${operations.length - missed.length} of ${operations.length} operations were answered with a success`,
  );
  t.same(missed, NEED_A_SECRET);
});
