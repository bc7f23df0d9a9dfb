import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { openGateway } from './open-gateway.ts';

const MANAGER = 'manager@example.org';
const env = { HEADERS_TIMEOUT_MS: '400', BODY_TIMEOUT_MS: '600', IDLE_TIMEOUT_MS: '1000' };

const { app, token, store, log } = await openGateway(t, { env });
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
const authorization = `Authorization: Bearer ${await token(MANAGER)}`;
const head = (...lines: string[]) => `${['POST', ...lines].join('\r\n').replace('\r\n', ' ')}\r\n`;

/** A connection, and all that the server has said on it when it is closed. */
function open(): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.on('data', (piece) => {
    said += piece;
  });
  socket.on('error', () => {});
  return { socket, answer: once(socket, 'close').then(() => said) };
}

/** Sends a byte at a time, for as long as somebody listens. */
async function trickle(socket: Socket, everyMs: number): Promise<void> {
  while (!socket.destroyed && socket.writable) {
    socket.write('a');
    await pause(everyMs);
  }
}

const TIMED_OUT = /^HTTP\/1\.1 408 .*application\/problem\+json.*"code":"REQUEST_TIMEOUT"/s;

t.test('headers that trickle in are answered 408', async (t) => {
  const { socket, answer } = open();
  socket.write(head('/v1/auth/login HTTP/1.1', 'Host: gateway', 'X-Slow: '));
  void trickle(socket, 50);
  t.match(await answer, TIMED_OUT);
});

t.test('a body that trickles in is answered 408, and the connection ends', async (t) => {
  const { socket, answer } = open();
  const start = performance.now();
  socket.write(
    head(
      '/v1/sessions HTTP/1.1',
      'Host: gateway',
      authorization,
      'Content-Type: application/json',
      'Content-Length: 9999',
      '',
      '{',
    ),
  );
  void trickle(socket, 50);
  t.match(await answer, TIMED_OUT);
  const timeMs = performance.now() - start;
  t.ok(timeMs > 500 && timeMs < 3_000, `${timeMs} ms`);
});

t.test('a body that stops is answered 408', async (t) => {
  const { socket, answer } = open();
  socket.write(
    head(
      '/v1/auth/login HTTP/1.1',
      'Host: gateway',
      'Content-Type: application/json',
      'Content-Length: 99',
      '',
      '{"email"',
    ),
  );
  t.match(await answer, TIMED_OUT);
});

t.test('an upload may be slow, but not silent', async (t) => {
  const FILE =
    'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
    'Create,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n';
  const upload = (length: number) =>
    head(
      '/v1/imports HTTP/1.1',
      'Host: gateway',
      authorization,
      'Content-Type: text/csv',
      'Connection: close',
      `Content-Length: ${length}`,
      '',
    );
  const slow = open();
  slow.socket.write(upload(Buffer.byteLength(FILE)));
  for (const piece of FILE.match(/.{1,30}/gs) ?? []) {
    slow.socket.write(piece);
    await pause(300);
  }
  t.match(await slow.answer, /^HTTP\/1\.1 202 /);

  const silent = open();
  silent.socket.write(`${upload(10_000)}${FILE}`);
  t.match(await silent.answer, TIMED_OUT);
  t.equal(await store.connection.collection('imports').countDocuments(), 1);
});

t.test('a connection that asks for nothing is closed without a word', async (t) => {
  const { answer } = open();
  t.match(await answer, /^(HTTP\/1\.1 408 .*)?$/s);
});

t.test('the gateway goes on', async (t) => {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  t.equal(answer.status, 200);
  t.same(
    log.filter((line) => line.includes('"level":50')),
    [],
  );
});
