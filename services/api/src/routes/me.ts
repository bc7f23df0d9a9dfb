import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { userOf } from '../plugins/auth.ts';
import { presentUser, UserView } from '../present-user.ts';

export function meRoutes({ store }: { store: Store }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/me',
      {
        schema: {
          operationId: 'getMe',
          tags: ['auth'],
          summary: 'The person who is signed in',
          response: { 200: UserView },
        },
      },
      (request) => presentUser(store, userOf(request)),
    );
  };
}
