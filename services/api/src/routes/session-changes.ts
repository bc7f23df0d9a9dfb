import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { organisationOf } from '../accounts/organisation-of.ts';
import { actorOf } from '../http/actor.ts';
import { IdParams } from '../http/id-params.ts';
import { etagOf, IfMatch } from '../http/if-match.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { cancelSession, editSession, setMeeting } from '../sessions/edit-session.ts';
import { presentSession, SessionView } from '../sessions/present-session.ts';
import { MeetingInput, SessionEdit } from '../sessions/read-session-input.ts';
import { findSession, keptBy } from '../sessions/see-sessions.ts';

/** What can be done with a session once it is published. */
export function sessionChangeRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.patch(
      '/v1/sessions/:id',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        config: { problems: ['MENTOR_SLOT_TAKEN', 'SESSION_LOCKED'], answerHeaders: ['ETag'] },
        schema: {
          operationId: 'editSession',
          tags: ['sessions'],
          summary: 'Changes a session until it is live; then only its meeting; once completed nothing',
          description:
            'What is left out stays as it is. `start` alone moves the session and keeps its length; `timeZone` alone ' +
            'says in which zone it is shown. `mentees` is the whole new list. Type and mentor never change.',
          params: IdParams,
          headers: IfMatch,
          body: SessionEdit,
          response: { 200: SessionView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const scopes = keptBy(user, 'managed');
        const session = await findSession(deps, request.params.id, scopes);
        const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
        await editSession(deps, by, await organisationOf(store, session), session, request.body);
        const changed = await findSession(deps, session.id, scopes);
        return reply.header('etag', etagOf(changed)).send(await presentSession(store, user, changed));
      },
    );

    app.delete(
      '/v1/sessions/:id',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        config: { problems: ['SESSION_LOCKED'] },
        schema: {
          operationId: 'cancelSession',
          tags: ['sessions'],
          summary: 'Cancels a session that is not live yet; it is kept as CANCELLED, its slot is free',
          params: IdParams,
          headers: IfMatch,
          response: { 204: { description: 'it is cancelled' } },
        },
      },
      async (request, reply) => {
        const session = await findSession(deps, request.params.id, keptBy(userOf(request), 'managed'));
        const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
        await cancelSession(deps, by, session);
        return reply.code(204).send();
      },
    );

    app.put(
      '/v1/sessions/:id/meeting',
      {
        onRequest: requireRole('session_manager', 'org_admin', 'mentor'),
        config: { problems: ['SESSION_LOCKED'], answerHeaders: ['ETag'] },
        schema: {
          operationId: 'setMeeting',
          tags: ['sessions'],
          summary: 'Says where the session meets, until it is completed; for managers and its mentor',
          description:
            'In place of all that was said before. A Zoom id and passcode are read from the link where they are left out.',
          params: IdParams,
          headers: IfMatch,
          body: MeetingInput,
          response: { 200: SessionView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const scopes = keptBy(user, 'managed or mentored');
        const session = await findSession(deps, request.params.id, scopes);
        const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
        await setMeeting(deps, by, await organisationOf(store, session), session, request.body);
        const changed = await findSession(deps, session.id, scopes);
        return reply.header('etag', etagOf(changed)).send(await presentSession(store, user, changed));
      },
    );
  };
}
