import { AppError } from '@mentorline/runtime';
import type { FastifyInstance, HTTPMethods } from 'fastify';

const METHODS: readonly HTTPMethods[] = [
  ...(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'TRACE'] as const),
];

/**
 * Answers 405 with `Allow` where a path exists for other methods only. Called before the routes are added.
 * @returns what to call after the last one
 */
export function watchMethods(app: FastifyInstance): () => void {
  const offered = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ method, url }) => {
    const methods = offered.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    offered.set(url, methods);
  });
  return () => {
    for (const [url, methods] of [...offered]) {
      const allow = [...methods].join(', ');
      app.route({
        method: METHODS.filter((method) => !methods.has(method)),
        url,
        schema: { hide: true },
        onRequest: async (_request, reply) => {
          reply.header('allow', allow);
          throw new AppError('METHOD_NOT_ALLOWED', `Only ${allow} is offered here`);
        },
        handler: () => {},
      });
    }
  };
}
