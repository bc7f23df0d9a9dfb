import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SECOND_MS } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { type AccessTokens, TOKEN_LIFE_MS } from '../accounts/access-token.ts';
import { presentUser, UserView } from '../accounts/present-user.ts';
import { Credentials, signIn } from '../accounts/sign-in.ts';

export function authRoutes(deps: {
  store: Store;
  tokens: AccessTokens;
  now: () => Date;
}): FastifyPluginAsyncTypebox {
  const { store, tokens, now } = deps;
  return async (app) => {
    app.post(
      '/v1/auth/login',
      {
        config: { problems: ['CREDENTIALS_INVALID'] },
        schema: {
          operationId: 'login',
          tags: ['auth'],
          summary: 'Signs in with e-mail and password',
          body: Credentials,
          response: {
            200: Type.Object(
              {
                accessToken: Type.String(),
                tokenType: Type.Enum(['Bearer']),
                expiresIn: Type.Integer({ description: 'seconds' }),
                user: UserView,
              },
              { title: 'Access' },
            ),
          },
        },
      },
      async (request, reply) => {
        const user = await signIn(store, request.body);
        reply.header('cache-control', 'no-store');
        return {
          accessToken: await tokens.issue(user, now()),
          tokenType: 'Bearer' as const,
          expiresIn: TOKEN_LIFE_MS / SECOND_MS,
          user: await presentUser(store, user),
        };
      },
    );
  };
}
