import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import t from 'tap';
import { freePorts, requireFreePort } from '../src/ports.ts';

t.test('free ports are all different', async (t) => {
  t.equal(new Set(await freePorts(20)).size, 20);
});

t.test('a port in use is named, and how to choose another one', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await t.rejects(requireFreePort(port, 'PORT'), {
    message: `Port ${port} is in use; stop what uses it or set PORT to another one.`,
  });
  await once(server.close(), 'close');
  await t.resolves(requireFreePort(port, 'PORT'));
});
