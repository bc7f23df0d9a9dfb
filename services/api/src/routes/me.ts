import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { presentUser, UserView } from '../accounts/present-user.ts';
import { userOf } from '../plugins/auth.ts';

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
