import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import {
  liftSuppression,
  presentSuppression,
  SuppressionView,
  suppressUser,
} from '../directory/suppressions.ts';
import { actorOf } from '../http/actor.ts';
import { IdParams, IdText } from '../http/id-params.ts';
import { cutPage, Page, PageQuery, Query, readCursor } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

const Place = Type.Object({ id: IdText });

/** Addresses to which mails about sessions do not go. */
export function suppressionRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.addHook('onRequest', requireRole('org_admin'));

    app.get(
      '/v1/suppressions',
      {
        schema: {
          operationId: 'listSuppressions',
          tags: ['directory'],
          summary:
            'Addresses of the organisation to which session mails, or reminders, do not go; newest first',
          querystring: Query(PageQuery),
          response: { 200: Page(SuppressionView) },
        },
      },
      async (request) => {
        const { limit = 20, cursor } = request.query;
        const place = readCursor(Place, cursor);
        const { items, total } = await store.suppressions.listSuppressions(userOf(request).organisationId, {
          ...(place ? { after: place.id } : {}),
          limit: limit + 1,
        });
        const { page, nextCursor } = cutPage(items, limit, ({ id }) => ({ id }));
        return { items: page.map(presentSuppression), nextCursor, total };
      },
    );

    app.put(
      '/v1/users/:id/suppression',
      {
        schema: {
          operationId: 'suppressUser',
          tags: ['directory'],
          summary: 'Stops mails to the address of a user, but for those that somebody asks for',
          description:
            'For what no relay has said while it took the mail: one that came back later, to the sender address of the ' +
            'deployment, or a reader who wants none. `DELETE /v1/suppressions/{id}` lifts it.',
          params: IdParams,
          response: { 200: SuppressionView },
        },
      },
      async (request) => presentSuppression(await suppressUser(deps, actorOf(request), request.params.id)),
    );

    app.delete(
      '/v1/suppressions/:id',
      {
        schema: {
          operationId: 'liftSuppression',
          tags: ['directory'],
          summary:
            'Lets mails go to the address again, because its mailbox is mended or its reader asks for it',
          params: IdParams,
          response: { 204: { description: 'it is lifted' } },
        },
      },
      async (request, reply) => {
        await liftSuppression(deps, actorOf(request), request.params.id);
        return reply.code(204).send();
      },
    );
  };
}
