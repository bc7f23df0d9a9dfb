import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/** One line a request, with ids only: neither query strings nor bodies, which carry people's data. */
export const requestLog = fp(
  async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id);
    });
    app.addHook('onResponse', async (request, reply) => {
      const { statusCode: status, elapsedTime } = reply;
      request.log.info({ ...idsOf(request), status, durationMs: Math.round(elapsedTime) }, 'answered');
    });
    app.addHook('onRequestAbort', async (request) => {
      request.log.info(idsOf(request), 'client broke off');
    });
  },
  { name: 'request-log' },
);

function idsOf(request: FastifyRequest) {
  const { method, routeOptions, is404, params, user } = request;
  return {
    method,
    route: routeOptions.url ?? null,
    params: is404 ? {} : params,
    userId: user?.id ?? null,
  };
}
