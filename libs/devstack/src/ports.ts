import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { StartError } from './start-error.ts';

/** Everything that the devstack starts listens here and nowhere else. */
export const HOST = '127.0.0.1';

/** Ports nobody listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  // All are held open together: the system might hand out the same port again otherwise.
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

/** @throws StartError when something listens on `port`; `variable` is what to set to choose another one */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  const server = createServer().listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new StartError(`Port ${port} is in use; stop what uses it or set ${variable} to another one.`);
    }
    if (code === 'EACCES') {
      throw new StartError(
        `Port ${port} needs rights that you do not have; set ${variable} to one above 1023.`,
      );
    }
    throw error;
  }
  await once(server.close(), 'close');
}

/** Whether a connection to `port` is accepted. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whether the service on `port` says at `/readyz` that it can work. */
export function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: HOST, port, path: '/readyz', timeout: 3_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', () => resolve(false));
  });
}
