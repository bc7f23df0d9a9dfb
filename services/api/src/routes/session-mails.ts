import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { IdParams, IdText } from '../http/id-params.ts';
import { cutPage, Page, PageQuery, Query, readCursor } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { presentSessionMail, SessionMailView } from '../sessions/list-mails.ts';
import { findSession, keptBy } from '../sessions/see-sessions.ts';

const Place = Type.Object({ id: IdText });

/** What those in a session were told of it. */
export function sessionMailRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/sessions/:id/mails',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        schema: {
          operationId: 'listSessionMails',
          tags: ['sessions'],
          summary: 'The mails to those in the session, newest first, and what came of each',
          description: 'People are told a minute after a change, so of one just made there are none yet.',
          params: IdParams,
          querystring: Query(PageQuery),
          response: { 200: Page(SessionMailView) },
        },
      },
      async (request) => {
        const { limit = 20, cursor } = request.query;
        const place = readCursor(Place, cursor);
        const session = await findSession(deps, request.params.id, keptBy(userOf(request), 'managed'));
        const { items, total } = await deps.store.mails.listSessionMails(session.id, {
          ...(place ? { after: place.id } : {}),
          limit: limit + 1,
        });
        const { page, nextCursor } = cutPage(items, limit, ({ id }) => ({ id }));
        return { items: page.map(presentSessionMail), nextCursor, total };
      },
    );
  };
}
