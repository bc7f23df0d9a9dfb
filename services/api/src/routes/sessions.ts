import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AppError } from '@mentorline/runtime';
import type { Session, Store } from '@mentorline/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { actorOf } from '../http/actor.ts';
import { IdParams, IdText } from '../http/id-params.ts';
import { etagOf } from '../http/if-match.ts';
import { Instant } from '../http/instant.ts';
import { CountedPage, cutPage, PageQuery, Query, readCursor, TotalPlace } from '../http/paging.ts';
import { onlyMissing } from '../http/schema-faults.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { bookSession } from '../sessions/book-session.ts';
import { presentSession, presentSessions, SessionView } from '../sessions/present-session.ts';
import { SessionDraft, SessionInput } from '../sessions/read-session-input.ts';
import { findSession, scopesOf } from '../sessions/see-sessions.ts';
import { readSessionFilters, SessionFilters } from '../sessions/session-filters.ts';
import { SessionTrial, trySession } from '../sessions/try-session.ts';

const Place = Type.Object({ start: Instant(), id: IdText, total: TotalPlace });

export function sessionRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store, now } = deps;

  const answerCreated = async (request: FastifyRequest, reply: FastifyReply, session: Session) =>
    reply
      .code(201)
      .header('location', `/v1/sessions/${session.id}`)
      .header('etag', etagOf(session))
      .send(await presentSession(store, userOf(request), session));

  return async (app) => {
    app.post(
      '/v1/sessions',
      {
        config: {
          problems: ['MENTOR_SLOT_TAKEN'],
          answerHeaders: ['ETag', 'Location'],
          async answerAgain(request, reply, id) {
            const { organisationId } = userOf(request);
            const scope = { kind: 'organisation' as const, organisationId };
            const session = await store.sessions.findSession(id, [scope], now());
            if (!session) throw new AppError('NOT_FOUND', 'The session that was created is gone');
            return answerCreated(request, reply, session);
          },
        },
        onRequest: requireRole('session_manager', 'org_admin'),
        attachValidation: true,
        schema: {
          operationId: 'createSession',
          tags: ['sessions'],
          summary: 'Creates and publishes a session',
          body: SessionInput,
          response: { 201: SessionView },
        },
      },
      async (request, reply) => {
        const { validationError } = request;
        if (validationError && !onlyMissing(validationError.validation)) throw validationError;
        const user = userOf(request);
        const organisation = await organisationOf(store, user);
        const session = await bookSession(
          deps,
          { user, organisation, actor: actorOf(request) },
          request.body,
        );
        return answerCreated(request, reply, session);
      },
    );

    app.post(
      '/v1/sessions/check',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        schema: {
          operationId: 'checkSession',
          tags: ['sessions'],
          summary: 'Tells what would become of a session if it were created now; stores nothing',
          description:
            'Runs every rule that its creation does, the slot rule included. Nothing is reserved: the slot may be ' +
            'taken before the session is created. It is about new sessions: one that is edited would be in its own way.',
          body: SessionDraft,
          response: { 200: SessionTrial },
        },
      },
      async (request) => trySession(deps, await organisationOf(store, userOf(request)), request.body),
    );

    app.get(
      '/v1/sessions',
      {
        schema: {
          operationId: 'listSessions',
          tags: ['sessions'],
          summary: 'The sessions that the person may see, in order of start',
          querystring: Query({ ...SessionFilters, ...PageQuery }),
          response: { 200: CountedPage(SessionView) },
        },
      },
      async (request) => {
        const user = userOf(request);
        const { limit = 20, cursor, ...query } = request.query;
        const scopes = await scopesOf(store, user);
        const place = readCursor(Place, cursor);
        const filters = await readSessionFilters(store, user, scopes, query);
        if (!filters) return { items: [], nextCursor: null, total: 0, totalIsExact: true };
        const list = { ...filters, limit: limit + 1 };
        const { items, total } = place
          ? {
              items: await store.sessions.readSessionPage(
                { ...list, after: { start: new Date(place.start), id: place.id } },
                now(),
              ),
              total: place.total,
            }
          : await store.sessions.listSessions(list, now());
        const { page, nextCursor } = cutPage(items, limit, ({ start, id }) => ({ start, id, total }));
        return {
          items: await presentSessions(store, user, page),
          nextCursor,
          total: total.count,
          totalIsExact: total.isExact,
        };
      },
    );

    app.get(
      '/v1/sessions/:id',
      {
        config: { answerHeaders: ['ETag'] },
        schema: {
          operationId: 'getSession',
          tags: ['sessions'],
          summary: 'One session',
          params: IdParams,
          response: { 200: SessionView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const scopes = await scopesOf(store, user);
        const session = await findSession(deps, request.params.id, scopes);
        return reply.header('etag', etagOf(session)).send(await presentSession(store, user, session));
      },
    );
  };
}
