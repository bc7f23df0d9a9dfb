import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong on the way to a relay and back; with the message: when it has come whole, and before its answer. */
export type LineFault = 'no greeting' | 'muteness with the message' | 'a reset with the message' | 'slowness';

export interface FaultyLine {
  url: string;
  /** So many have been opened. */
  connections(): number;
}

const END_OF_MESSAGE = '\r\n.\r\n';
const BYTE_EVERY_MS = 4;

/** A line to a real relay. Its first connection has the fault, all others are sound. Ends with the test. */
export async function startFaultyLine(
  t: { teardown(run: () => unknown): unknown },
  relay: { port: number },
  fault: LineFault,
): Promise<FaultyLine> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // Either side may break off.
    socket.on('error', () => {});
    return socket;
  };
  const server = createServer((client) => {
    connections += 1;
    keep(client);
    if (connections > 1) return join(client, keep(connect(relay.port, '127.0.0.1')));
    if (fault === 'no greeting') return;
    joinFaultily(client, keep(connect(relay.port, '127.0.0.1')), fault);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, connections: () => connections };
}

function join(client: Socket, relay: Socket): void {
  client.pipe(relay).pipe(client);
}

function joinFaultily(client: Socket, relay: Socket, fault: Exclude<LineFault, 'no greeting'>): void {
  let tail = '';
  let answers = Promise.resolve();
  client.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('latin1')).slice(-END_OF_MESSAGE.length);
    relay.write(chunk);
  });
  client.on('close', () => relay.end());
  relay.on('data', (chunk: Buffer) => {
    if (fault === 'slowness') {
      answers = answers.then(() => dribble(client, chunk));
    } else if (tail !== END_OF_MESSAGE) {
      client.write(chunk);
    } else if (fault === 'a reset with the message') {
      client.resetAndDestroy();
    }
  });
}

async function dribble(client: Socket, chunk: Buffer): Promise<void> {
  for (const byte of chunk) {
    await sleep(BYTE_EVERY_MS);
    if (client.writable) client.write(Buffer.of(byte));
  }
}
