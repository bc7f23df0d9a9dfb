import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { AuditView, presentEntry } from '../audit/present-entry.ts';
import { IdText } from '../http/id-params.ts';
import { Instant } from '../http/instant.ts';
import { cutPage, Page, PageQuery, Query, readCursor } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

const Place = Type.Object({ at: Instant(), id: IdText });

export function auditRoutes({ store }: { store: Store }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/audit',
      {
        onRequest: requireRole('org_admin'),
        schema: {
          operationId: 'listAuditEntries',
          tags: ['audit'],
          summary: 'Every write in the organisation, newest first: who, what, when, from where',
          querystring: Query({
            user: Type.Optional(Type.Unsafe<string>({ ...IdText, description: 'who did it' })),
            action: Type.Optional(Type.String({ maxLength: 100, description: 'such as session.created' })),
            target: Type.Optional(
              Type.Unsafe<string>({ ...IdText, description: 'the id of what it was done to' }),
            ),
            from: Type.Optional(Instant('not before')),
            to: Type.Optional(Instant('before')),
            ...PageQuery,
          }),
          response: { 200: Page(AuditView) },
        },
      },
      async (request) => {
        const { user, action, target, from, to, limit = 20, cursor } = request.query;
        const place = readCursor(Place, cursor);
        const { items, total } = await store.audit.listWrites(userOf(request).organisationId, {
          ...(user ? { userId: user } : {}),
          ...(action ? { action } : {}),
          ...(target ? { targetId: target } : {}),
          ...(from ? { from: new Date(from) } : {}),
          ...(to ? { to: new Date(to) } : {}),
          ...(place ? { after: { at: new Date(place.at), id: place.id } } : {}),
          limit: limit + 1,
        });
        const { page, nextCursor } = cutPage(items, limit, ({ at, id }) => ({ at, id }));
        return { items: page.map(presentEntry), nextCursor, total };
      },
    );
  };
}
