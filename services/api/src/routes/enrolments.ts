import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { actorOf } from '../http/actor.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { CsvFile, OPENED_IN_BROWSERS } from '../http/csv-file.ts';
import { IdParams, IdText } from '../http/id-params.ts';
import { etagOf, IfMatch } from '../http/if-match.ts';
import { cutPage, Page, PageQuery, Query, readCursor } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { joinSession, leaveSession } from '../sessions/enrol-mentee.ts';
import { listMentees, MenteePlace, MenteeView, writeMentees } from '../sessions/list-mentees.ts';
import { presentSession, SessionView } from '../sessions/present-session.ts';
import { findSession, keptBy, scopesOf } from '../sessions/see-sessions.ts';

const EnrolmentParams = Type.Object({ id: IdText, userId: IdText });

/** Who is in a session, and how they come to be. */
export function enrolmentRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.get(
      '/v1/sessions/:id/mentees',
      {
        onRequest: requireRole('session_manager', 'org_admin', 'mentor'),
        schema: {
          operationId: 'listMentees',
          tags: ['sessions'],
          summary: 'Who has a seat in the session, by name; for managers and its mentor',
          params: IdParams,
          querystring: Query(PageQuery),
          response: { 200: Page(MenteeView) },
        },
      },
      async (request) => {
        const { limit = 20, cursor } = request.query;
        const after = readCursor(MenteePlace, cursor);
        const scopes = keptBy(userOf(request), 'managed or mentored');
        const session = await findSession(deps, request.params.id, scopes);
        const mentees = await listMentees(store, session, after);
        const { page, nextCursor } = cutPage(mentees, limit, ({ name, id }) => ({ name, id }));
        return { items: page, nextCursor, total: session.mentees.length };
      },
    );

    app.get(
      '/v1/sessions/:id/mentees.csv',
      {
        onRequest: requireRole('session_manager', 'org_admin', 'mentor'),
        config: OPENED_IN_BROWSERS,
        schema: {
          operationId: 'exportMentees',
          tags: ['sessions'],
          summary: 'The same as a CSV',
          params: IdParams,
          response: CsvFile('the mentees'),
        },
      },
      async (request, reply) => {
        const scopes = keptBy(userOf(request), 'managed or mentored');
        const session = await findSession(deps, request.params.id, scopes);
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', attachmentHeader(`session-${session.id}-mentees.csv`))
          .send(writeMentees(await listMentees(store, session)));
      },
    );

    app.put(
      '/v1/sessions/:id/mentees/:userId',
      {
        config: { problems: ['SESSION_LOCKED', 'SEATS_FULL'], answerHeaders: ['ETag'] },
        schema: {
          operationId: 'addMentee',
          tags: ['sessions'],
          summary:
            'Gives a mentee a seat until the session is live: managers anyone, mentees themselves in PUBLIC',
          params: EnrolmentParams,
          headers: IfMatch,
          response: { 200: SessionView, 201: SessionView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const { id, userId: menteeId } = request.params;
        const scopes = await scopesOf(store, user);
        const session = await findSession(deps, id, scopes);
        const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
        const organisation = await organisationOf(store, session);
        const isNew = await joinSession(deps, organisation, { by, user, session, menteeId });
        const changed = await findSession(deps, id, scopes);
        return reply
          .code(isNew ? 201 : 200)
          .header('etag', etagOf(changed))
          .send(await presentSession(store, user, changed));
      },
    );

    app.delete(
      '/v1/sessions/:id/mentees/:userId',
      {
        config: { problems: ['SESSION_LOCKED'] },
        schema: {
          operationId: 'removeMentee',
          tags: ['sessions'],
          summary:
            "Frees a mentee's seat until the session is live; a private session keeps at least one mentee",
          params: EnrolmentParams,
          headers: IfMatch,
          response: { 204: { description: 'the mentee has no seat in the session' } },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const { id, userId: menteeId } = request.params;
        const session = await findSession(deps, id, await scopesOf(store, user));
        const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
        await leaveSession(deps, { by, user, session, menteeId });
        return reply.code(204).send();
      },
    );
  };
}
