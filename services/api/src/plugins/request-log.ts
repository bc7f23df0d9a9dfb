import fp from 'fastify-plugin';

/** One line a request, with ids only: neither query strings nor bodies, which carry people's data. */
export const requestLog = fp(
  async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id);
    });
    app.addHook('onResponse', async (request, reply) => {
      request.log.info(
        {
          method: request.method,
          route: request.routeOptions.url ?? null,
          params: request.is404 ? {} : request.params,
          status: reply.statusCode,
          durationMs: Math.round(reply.elapsedTime),
          userId: request.user?.id ?? null,
        },
        'answered',
      );
    });
  },
  { name: 'request-log' },
);
