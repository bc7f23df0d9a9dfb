import type { Activity } from '@mentorline/runtime';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/** What is asked for to see how things are is no work. */
const LOOKS = /^\/(?:v1\/)?(?:ops|healthz|readyz)(?:\/|$)/u;

/** Tells operators what a gateway is at: routes, and nothing of what is asked of them. */
export const requestActivity = fp<{ activity: Pick<Activity, 'begin' | 'count'> }>(
  async (app, { activity }) => {
    app.addHook('onRequest', async (request, reply) => {
      const route = request.is404 ? undefined : request.routeOptions.url;
      if (route === undefined || LOOKS.test(route)) return;
      activity.count('requests');
      const end = activity.begin(kindOf(request, route), `${request.method} ${route}`);
      // The one where it is answered, the other where its client has gone.
      reply.raw.once('finish', end).once('close', end);
    });
  },
  { name: 'request-activity' },
);

function kindOf({ method }: FastifyRequest, route: string): 'upload' | 'export' | 'events' | 'request' {
  if (method === 'POST' && route === '/v1/imports') return 'upload';
  if (route.endsWith('.csv')) return 'export';
  return route.endsWith('/events') ? 'events' : 'request';
}
