import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AppError, SECOND_MS, verifyPassword } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { type AccessTokens, TOKEN_LIFE_MS } from '../access-token.ts';
import { presentUser, UserView } from '../present-user.ts';

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
        schema: {
          operationId: 'login',
          tags: ['auth'],
          summary: 'Signs in with e-mail and password',
          body: Type.Object(
            {
              email: Type.String({ minLength: 1, maxLength: 254 }),
              // Hashing time grows with length.
              password: Type.String({ minLength: 1, maxLength: 1024 }),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              accessToken: Type.String(),
              tokenType: Type.Enum(['Bearer']),
              expiresIn: Type.Integer({ description: 'seconds' }),
              user: UserView,
            }),
          },
        },
      },
      async (request, reply) => {
        const { email, password } = request.body;
        const user = await store.users.findUserByEmail(email);
        // Always the same work and the same answer: neither tells whether the account exists.
        const fits = await verifyPassword(password, user?.passwordHash);
        if (!user || !fits || !user.active) {
          throw new AppError('CREDENTIALS_INVALID', 'E-mail or password is wrong');
        }
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
