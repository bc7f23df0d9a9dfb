import fp from 'fastify-plugin';

/**
 * Many clients name a content type with every call. Where nothing follows it says nothing, and is not held against
 * them; an upload goes by it all the same.
 */
export const emptyBodies = fp(
  async (app) => {
    app.addHook('onRequest', async ({ headers, routeOptions }) => {
      const isEmpty =
        headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
      if (isEmpty && !routeOptions.config.documentedBody) delete headers['content-type'];
    });
  },
  { name: 'empty-bodies' },
);
