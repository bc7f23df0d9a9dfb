import t from 'tap';
import { createLogger, type Logger } from '../src/index.ts';

function logged(level: string, log: (logger: Logger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  log(createLogger({ service: 'gateway', level }, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

t.test('a line is JSON and says when, by which process of which service', async (t) => {
  const [line] = logged('info', (logger) => logger.info({ importId: 'abc' }, 'import claimed'));
  t.match(line, { service: 'gateway', pid: process.pid, importId: 'abc', msg: 'import claimed', level: 30 });
  t.match(line?.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

t.test('what lies below the level is not written', async (t) => {
  const lines = logged('warn', (logger) => {
    logger.info('quiet');
    logger.warn('loud');
  });
  t.same(
    lines.map(({ msg }) => msg),
    ['loud'],
  );
});

t.test('passwords, tokens and headers never appear', async (t) => {
  const canary = 'canary-value';
  const secrets = { password: canary, token: canary, authorization: `Bearer ${canary}` };
  const lines = logged('trace', (logger) => {
    logger.info(secrets, 'at the top');
    logger.info({ body: secrets, query: { token: canary } }, 'one level down');
    logger.info({ req: { method: 'POST', headers: { authorization: canary, cookie: canary } } }, 'a request');
    logger.child(secrets).info('bound to a child');
    logger.child({ user: secrets }).info({ body: secrets }, 'bound one level down');
    logger.error({ err: Object.assign(new Error('refused'), secrets) }, 'on an error');
  });
  t.equal(lines.length, 6);
  t.notMatch(JSON.stringify(lines), canary);
  t.match(lines[2], { req: { method: 'POST' } }, 'the rest of the request stays');
});

t.test('an error is written with its message, stack and cause', async (t) => {
  const [line] = logged('info', (logger) =>
    logger.error({ err: new Error('import interrupted', { cause: new Error('socket closed') }) }, 'failed'),
  );
  t.match(line, {
    err: {
      type: 'Error',
      message: 'import interrupted',
      stack: /logger\.test/,
      cause: { type: 'Error', message: 'socket closed' },
    },
  });
});

t.test(
  'what an error carries beside its message, such as the documents of a failed write, stays out',
  async (t) => {
    const error = Object.assign(new Error('E11000 duplicate key error dup key: { email: "canary-1" }'), {
      code: 11_000,
      writeErrors: [{ op: { title: 'canary-2', meeting: { passcode: 'canary-3' } } }],
      keyValue: { email: 'canary-4' },
    });
    const [line] = logged('info', (logger) => logger.error({ err: error }, 'row cannot be applied'));
    t.match(line, { err: { type: 'Error', code: 11_000, message: 'E11000 duplicate key error dup key' } });
    t.notMatch(JSON.stringify(line), 'canary');
  },
);
