import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SECOND_MS } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { IdParams } from '../http/id-params.ts';
import { findImport } from '../imports/find-import.ts';
import { DONE, ImportEvents } from '../imports/import-events.ts';
import { ImportWatches } from '../imports/watch-imports.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

/** One of the events that are streamed, as readers of such streams take them apart. */
const Event = Type.Unsafe<Readable>(
  Type.Object(
    {
      id: Type.String(),
      event: Type.Enum(['progress', 'done']),
      data: Type.String({ description: 'the import, as JSON' }),
    },
    { title: 'ImportEvent' },
  ),
);
// A client that takes nothing any more is cut off then.
const CLOSING_MS = SECOND_MS;

/** Progress of an import as it comes, over one connection. */
export function importEventRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  return async (app) => {
    const watches = new ImportWatches({ ...deps, log: app.log });
    const open = new Set<ImportEvents>();

    app.addHook('onRequest', requireRole('session_manager', 'org_admin'));
    app.addHook('preClose', async () => {
      watches.close();
      const closingSince = performance.now();
      while (open.size > 0 && performance.now() - closingSince < CLOSING_MS) await pause(10);
      for (const events of open) events.destroy();
    });

    app.get(
      '/v1/imports/:id/events',
      {
        // An answer without a body would still be waited for to its end.
        exposeHeadRoute: false,
        schema: {
          operationId: 'watchImport',
          tags: ['imports'],
          summary: 'Server-Sent Events: how the import goes on, as it does',
          description:
            'An event `progress` with the import when something has changed, at most four a second, and a last ' +
            'event `done` with it; then the stream ends. A client that comes back with `Last-Event-ID` gets only ' +
            'what it has not. The stream also ends, without `done`, when the gateway stops and after an hour: ' +
            'come back then. It needs the `Authorization` header, which the `EventSource` of browsers cannot send; ' +
            'read the stream with `fetch`.',
          params: IdParams,
          headers: Type.Object({
            'last-event-id': Type.Optional(
              Type.String({ maxLength: 100, description: '`id` of the last event that the client has' }),
            ),
          }),
          response: {
            200: {
              description: 'events whose `data` is the import as GET /v1/imports/{id} shows it',
              content: { 'text/event-stream': { schema: Event } },
            },
            204: Type.Null({
              description: 'the client has `done` already; there is nothing to come back for',
            }),
          },
        },
      },
      async (request, reply) => {
        const { id, finishedAt } = await findImport(deps.store, request.params.id, userOf(request));
        const lastEventId = request.headers['last-event-id'];
        if (finishedAt && lastEventId === DONE) return reply.code(204).send(null);
        const events = new ImportEvents(watches.join(id), lastEventId === DONE ? undefined : lastEventId);
        open.add(events);
        events.once('close', () => open.delete(events));
        return reply
          .type('text/event-stream; charset=utf-8')
          .headers({
            'cache-control': 'no-cache, no-store, no-transform',
            // nginx would collect events before passing them on.
            'x-accel-buffering': 'no',
            // Kept open, the connection would keep the gateway from stopping.
            connection: 'close',
          })
          .send(events);
      },
    );
  };
}
