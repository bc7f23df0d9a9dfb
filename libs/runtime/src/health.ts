import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { askedGauges, type Registry } from './metrics.ts';
import { within } from './within.ts';

/** `down` makes the service not ready; `degraded` is said, but traffic may come. */
export interface HealthCheck {
  readonly name: string;
  readonly whenFailing: 'down' | 'degraded';
  /** Rejects when the part cannot be used. */
  readonly run: () => Promise<void>;
}

export interface Readiness {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>;
}

const CHECK_TIMEOUT_MS = 2_000;

/**
 * A check that fails as soon as the service begins to stop: a balancer that asks `/readyz` sends nothing new then.
 * `/healthz` goes on answering.
 */
export function runningCheck(): HealthCheck & { readonly isStopping: boolean; stop(): void } {
  let isStopping = false;
  return {
    name: 'running',
    whenFailing: 'down',
    async run() {
      if (isStopping) throw new Error('the service is stopping');
    },
    get isStopping() {
      return isStopping;
    },
    stop() {
      isStopping = true;
    },
  };
}

/** Runs all checks side by side; one that hangs counts as failing after two seconds. */
export async function readiness(checks: readonly HealthCheck[]): Promise<Readiness> {
  const results = await Promise.all(
    checks.map(async (check) => ({ check, ok: await within(succeeds(check), CHECK_TIMEOUT_MS, false) })),
  );
  const failing = results.filter(({ ok }) => !ok).map(({ check }) => check.whenFailing);
  return {
    status: failing.includes('down') ? 'down' : failing.length > 0 ? 'degraded' : 'ok',
    checks: Object.fromEntries(results.map(({ check, ok }) => [check.name, ok ? 'ok' : 'failing'])),
  };
}

/** Rejects where the check does, one that throws at once too. */
async function succeeds({ run }: HealthCheck): Promise<true> {
  await run();
  return true;
}

/**
 * The internal port of a service: `/healthz` (the process answers), `/readyz` (it can do its work) and, of a service that
 * measures, `/metrics` for Prometheus.
 */
export async function serveHealth(options: {
  host: string;
  port: number;
  checks: readonly HealthCheck[];
  registry?: Registry;
}): Promise<Server> {
  const { registry } = options;
  if (registry) tellHealth(registry, options.checks);
  const server = createServer(async (request, response) => {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    if (request.url === '/healthz') return send(200, { status: 'ok' });
    if (request.url === '/metrics' && registry) {
      response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
      return response.end(await registry.metrics());
    }
    if (request.url !== '/readyz') return send(404, { status: 'unknown path; try /healthz or /readyz' });
    const state = await readiness(options.checks);
    send(state.status === 'down' ? 503 : 200, state);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
}

function tellHealth(registry: Registry, checks: readonly HealthCheck[]): void {
  const help = 'Whether a part that the service needs can be used (1) or not (0), as /readyz tells';
  askedGauges(
    registry,
    { ok: { name: 'mentorline_health_check_ok', help, labelNames: ['check'] } },
    async () => ({
      ok: Object.entries((await readiness(checks)).checks).map(([check, state]) => ({
        labels: { check },
        value: state === 'ok' ? 1 : 0,
      })),
    }),
  );
}
