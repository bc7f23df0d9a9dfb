import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { AuditPage, listEntries } from '../audit/list-entries.ts';
import { IdText } from '../http/id-params.ts';
import { Instant } from '../http/instant.ts';
import { PageQuery, Query } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

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
          response: { 200: AuditPage },
        },
      },
      async (request) => {
        const { user, action, target, from, to, limit, cursor } = request.query;
        return listEntries(store, userOf(request).organisationId, {
          ...(user ? { userId: user } : {}),
          ...(action ? { action } : {}),
          ...(target ? { targetId: target } : {}),
          ...(from ? { from: new Date(from) } : {}),
          ...(to ? { to: new Date(to) } : {}),
          ...(limit === undefined ? {} : { limit }),
          ...(cursor === undefined ? {} : { cursor }),
        });
      },
    );
  };
}
