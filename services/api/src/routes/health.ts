import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { JobQueues } from '@mentorline/jobs';
import { type HealthCheck, readiness } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';

/** Without Redis the gateway still accepts everything; work only starts a little later. */
export function healthChecks(deps: {
  store: Pick<Store, 'ping'>;
  queues: Pick<JobQueues, 'ping'>;
  /** Fails while the gateway stops. */
  running?: HealthCheck;
}): HealthCheck[] {
  return [
    ...(deps.running ? [deps.running] : []),
    { name: 'mongodb', whenFailing: 'down', run: () => deps.store.ping() },
    { name: 'redis', whenFailing: 'degraded', run: () => deps.queues.ping() },
  ];
}

const Readiness = Type.Object(
  {
    status: Type.Enum(['ok', 'degraded', 'down']),
    checks: Type.Record(Type.String(), Type.Enum(['ok', 'failing'])),
  },
  { title: 'Readiness' },
);

export function healthRoutes(checks: readonly HealthCheck[]): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    app.get(
      '/healthz',
      {
        logLevel: 'warn',
        schema: {
          operationId: 'getHealth',
          tags: ['health'],
          summary: 'Whether the process answers',
          response: { 200: Type.Object({ status: Type.Enum(['ok']) }, { title: 'Health' }) },
        },
      },
      async () => ({ status: 'ok' as const }),
    );
    app.get(
      '/readyz',
      {
        logLevel: 'warn',
        schema: {
          operationId: 'getReadiness',
          tags: ['health'],
          summary: 'Whether it can do its work; degraded is said, not hidden',
          response: { 200: Readiness, 503: Readiness },
        },
      },
      async (_request, reply) => {
        const state = await readiness(checks);
        return reply.code(state.status === 'down' ? 503 : 200).send(state);
      },
    );
  };
}
