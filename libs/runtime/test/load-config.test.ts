import t from 'tap';
import { Type } from 'typebox';
import { ConfigError, loadConfig } from '../src/index.ts';

const Schema = Type.Object({
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535 }),
  RATIO: Type.Number({ default: 0.5 }),
  VERBOSE: Type.Boolean({ default: false }),
  LOG_LEVEL: Type.String({ default: 'info' }),
  PUBLIC_URL: Type.String({ pattern: '^https?://', description: 'where people reach the gateway' }),
  SECRET: Type.String({ description: 'signs access tokens' }),
});
const REQUIRED = { PUBLIC_URL: 'https://mentorline.example.org', SECRET: 'a secret' };

function faultsOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig('gateway', Schema, environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').slice(1);
  }
}

t.test('text becomes the types of the schema, and what is not set its default', async (t) => {
  const config = loadConfig('gateway', Schema, { ...REQUIRED, PORT: '8080', VERBOSE: 'true', RATIO: '0.25' });
  t.strictSame(config, { ...REQUIRED, PORT: 8080, VERBOSE: true, RATIO: 0.25, LOG_LEVEL: 'info' });
});

t.test('blank variables count as not set, and white space around a value does not count', async (t) => {
  const config = loadConfig('gateway', Schema, { ...REQUIRED, PORT: '', LOG_LEVEL: '  ', RATIO: ' 2 ' });
  t.equal(config.PORT, 3000);
  t.equal(config.LOG_LEVEL, 'info');
  t.equal(config.RATIO, 2);
  t.match(faultsOf({ ...REQUIRED, SECRET: ' ' }), [/SECRET is not set/]);
});

t.test('variables that the schema does not know are left out', async (t) => {
  const config = loadConfig('gateway', Schema, { ...REQUIRED, PATH: '/usr/bin', constructor: 'x' });
  t.same(Object.keys(config).sort(), ['LOG_LEVEL', 'PORT', 'PUBLIC_URL', 'RATIO', 'SECRET', 'VERBOSE']);
});

t.test('every fault is told at once, one a line, with what the variable is for', async (t) => {
  const faults = faultsOf({ PORT: '65536', RATIO: 'half', VERBOSE: 'perhaps', PUBLIC_URL: 'example.org' });
  t.equal(faults.length, 5, faults.join('\n'));
  for (const start of ['PORT=65536', 'RATIO=half', 'VERBOSE=perhaps', 'PUBLIC_URL=example.org']) {
    t.ok(
      faults.some((fault) => fault.includes(start)),
      start,
    );
  }
  t.ok(faults.includes('  - SECRET is not set (signs access tokens)'));
  t.ok(faults.some((fault) => fault.endsWith('(where people reach the gateway)')));
});

t.test('numbers that JavaScript would be lenient with are refused', async (t) => {
  for (const PORT of ['80.5', '80 81', '0x50g', '-1', 'NaN', 'Infinity']) {
    t.equal(faultsOf({ ...REQUIRED, PORT }).length, 1, PORT);
  }
});

t.test('the password in a URL is not told to whoever reads the log', async (t) => {
  const [fault = ''] = faultsOf({ ...REQUIRED, PUBLIC_URL: 'smtp://user:can/a@ry@relay.example.org' });
  t.match(fault, 'PUBLIC_URL=smtp://…@relay.example.org');
  t.notMatch(fault, /user|can|ry@/);
});

t.test('rules across fields see the converted values and are told all together', async (t) => {
  const rules = ({ PORT, RATIO }: { PORT: number; RATIO: number }): string[] => [
    ...(PORT > 1024 ? [] : ['PORT is privileged']),
    ...(RATIO < 1 ? [] : ['RATIO is too large']),
  ];
  t.throws(() => loadConfig('gateway', Schema, { ...REQUIRED, PORT: '80', RATIO: '3' }, rules), {
    name: 'ConfigError',
    message:
      'gateway cannot start; its environment needs mending:\n  - PORT is privileged\n  - RATIO is too large',
  });
  t.equal(loadConfig('gateway', Schema, { ...REQUIRED, PORT: '8080' }, rules).PORT, 8080);
});

t.test('the result is frozen', async (t) => {
  const config = loadConfig('gateway', Schema, REQUIRED);
  t.throws(() => Object.assign(config, { PORT: 1 }), TypeError);
});
