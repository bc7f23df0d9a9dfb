import { once } from 'node:events';
import { Agent, createServer, get, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestContext } from './setup.ts';

const POLL_MS = 100;
/** As balancers are set: a gateway that was slow to say that it can work, once, is not one that stops. */
const FAILURES_TO_FALL = 3;

/**
 * What stands before gateways: hands each request to one that says at `/readyz` that it can work, in turn. It tries
 * nothing twice, so whatever a gateway drops is a failed request.
 * @returns its URL
 */
export async function startBalancer(t: TestContext, gatewayUrls: readonly string[]): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set<string>();
  let isOver = false;
  const ask = (url: string): Promise<boolean> =>
    new Promise((resolve) => {
      const asked = get(`${url}/readyz`, { agent: false, timeout: 2_000 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => resolve(false));
    });
  const watching = gatewayUrls.map(async (url) => {
    for (let failures = 0; !isOver; ) {
      failures = (await ask(url)) ? 0 : failures + 1;
      if (failures === 0) ready.add(url);
      else if (failures >= FAILURES_TO_FALL) ready.delete(url);
      await delay(POLL_MS);
    }
  });

  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    turn += 1;
    const [...urls] = ready;
    const target = urls[turn % urls.length];
    const fail = (error: Error): void => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end(error.message);
    };
    if (!target) return fail(new Error('no gateway is ready'));
    const { method, url = '/', headers } = incoming;
    const forwarded = request(`${target}${url}`, { method: method!, headers, agent }, (answer) => {
      const { connection: _hop, ...others } = answer.headers;
      outgoing.writeHead(answer.statusCode!, others);
      answer.pipe(outgoing);
      answer.on('error', fail);
    });
    forwarded.on('error', fail);
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    isOver = true;
    server.closeAllConnections();
    server.close();
    agent.destroy();
    await Promise.all(watching);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
