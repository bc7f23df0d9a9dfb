import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store, User } from '@mentorline/store';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { changeUser, removeUser } from '../directory/change-user.ts';
import { createUser } from '../directory/create-user.ts';
import { PersonView, presentPeople, presentPerson } from '../directory/present-user.ts';
import { NewPerson, PersonChange } from '../directory/read-user-input.ts';
import { findPerson, readUserFilters, UserFilters } from '../directory/user-filters.ts';
import { actorOf } from '../http/actor.ts';
import { IdParams, IdText } from '../http/id-params.ts';
import { CountedPage, cutPage, PageQuery, Query, readCursor, TotalPlace } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

const Place = Type.Object({ name: Type.String({ maxLength: 1000 }), id: IdText, total: TotalPlace });

export function userRoutes(deps: {
  store: Store;
  now: () => Date;
  mailDomain: string;
}): FastifyPluginAsyncTypebox {
  const { store } = deps;
  const answerCreated = async (admin: User, reply: FastifyReply, created: User): Promise<FastifyReply> =>
    reply
      .code(201)
      .header('location', `/v1/users/${created.id}`)
      .send(await presentPerson(store, admin, created));
  const forAdmins = requireRole('org_admin');
  return async (app) => {
    app.get(
      '/v1/users',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        schema: {
          operationId: 'listUsers',
          tags: ['directory'],
          summary: 'The active people of the own and of related organisations, in order of name',
          querystring: Query({ ...UserFilters, ...PageQuery }),
          response: { 200: CountedPage(PersonView) },
        },
      },
      async (request) => {
        const user = userOf(request);
        const { limit = 20, cursor, ...query } = request.query;
        const place = readCursor(Place, cursor);
        const filters = await readUserFilters(store, user, query);
        if (!filters) return { items: [], nextCursor: null, total: 0, totalIsExact: true };
        const list = { ...filters, limit: limit + 1 };
        const { items, total } = place
          ? { items: await store.users.readDirectoryPage({ ...list, after: place }), total: place.total }
          : await store.users.listDirectory(list);
        const { page, nextCursor } = cutPage(items, limit, (last) => ({
          ...store.users.placeOf(last),
          total,
        }));
        return {
          items: await presentPeople(store, user, page),
          nextCursor,
          total: total.count,
          totalIsExact: total.isExact,
        };
      },
    );

    app.post(
      '/v1/users',
      {
        config: {
          problems: ['EMAIL_TAKEN'],
          answerHeaders: ['Location'],
          async answerAgain(request, reply, id) {
            const admin = userOf(request);
            return answerCreated(admin, reply, await findPerson(store, admin, id));
          },
        },
        onRequest: forAdmins,
        schema: {
          operationId: 'createUser',
          tags: ['directory'],
          summary: 'Makes a user of the own organisation, and mails the invitation to set a password',
          body: NewPerson,
          response: { 201: PersonView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const by = { user, organisation: await organisationOf(store, user), actor: actorOf(request) };
        return answerCreated(user, reply, await createUser(deps, by, request.body));
      },
    );

    app.get(
      '/v1/users/:id',
      {
        onRequest: forAdmins,
        schema: {
          operationId: 'getUser',
          tags: ['directory'],
          summary: 'One user of the own organisation, active or not',
          params: IdParams,
          response: { 200: PersonView },
        },
      },
      async (request) => {
        const user = userOf(request);
        return presentPerson(store, user, await findPerson(store, user, request.params.id));
      },
    );

    app.patch(
      '/v1/users/:id',
      {
        onRequest: forAdmins,
        config: { problems: ['LAST_ADMIN'] },
        schema: {
          operationId: 'updateUser',
          tags: ['directory'],
          summary: 'Changes a user; what is left out stays as it is',
          params: IdParams,
          body: PersonChange,
          response: { 200: PersonView },
        },
      },
      async (request) => {
        const user = userOf(request);
        const by = { user, actor: actorOf(request) };
        return presentPerson(store, user, await changeUser(deps, by, request.params.id, request.body));
      },
    );

    app.delete(
      '/v1/users/:id',
      {
        onRequest: forAdmins,
        config: { problems: ['LAST_ADMIN'] },
        schema: {
          operationId: 'deleteUser',
          tags: ['directory'],
          summary: 'Deletes a user; one whom sessions name is deactivated instead',
          description:
            'So is one whom somebody has tried to put into a session that was refused in the end, and everybody while ' +
            'an import of the organisation, or of one that sees its people, is under way: its rows may name them.',
          params: IdParams,
          response: {
            200: Type.Object({ outcome: Type.Enum(['deleted', 'deactivated']) }, { title: 'Removal' }),
          },
        },
      },
      async (request) => {
        const by = { user: userOf(request), actor: actorOf(request) };
        return { outcome: await removeUser(deps, by, request.params.id) };
      },
    );
  };
}
