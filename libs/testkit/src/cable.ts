import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from './setup.ts';

const HOST = '127.0.0.1';

/** A way to a server that can be cut, or fall silent, and be mended again. */
export interface Cable {
  /** Where the server is reached by it. */
  readonly port: number;
  /** Breaks every connection, and takes none. */
  cut(): void;
  /** Takes connections, and keeps what is sent, both ways. */
  silence(): void;
  /** Whole again: what was kept arrives late; what was cut stays cut. */
  mend(): void;
}

export async function startCable(t: TestContext, targetPort: number): Promise<Cable> {
  const pairs = new Set<readonly [near: Socket, far: Socket]>();
  let state: 'whole' | 'cut' | 'silent' = 'whole';
  const join = ([near, far]: readonly [Socket, Socket]): void => {
    near.pipe(far);
    far.pipe(near);
  };
  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const pair = [near, connect(targetPort, HOST)] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const end of pair) end.destroy();
      });
    }
    if (state === 'whole') join(pair);
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const hangUp = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  t.teardown(async () => {
    hangUp();
    server.close();
    await once(server, 'close');
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      hangUp();
    },
    silence() {
      state = 'silent';
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.pause();
        far.pause();
      }
    },
    mend() {
      if (state === 'silent') for (const pair of pairs) join(pair);
      state = 'whole';
    },
  };
}
