import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import type { AccessTokens } from '../accounts/access-token.ts';
import { changePassword, PasswordChange } from '../accounts/change-password.ts';
import { Access } from '../accounts/open-access.ts';
import { presentUser, UserView } from '../accounts/present-user.ts';
import type { SignInDeps } from '../accounts/sign-in.ts';
import { actorOf } from '../http/actor.ts';
import { clientOf } from '../http/client-of.ts';
import { userOf } from '../plugins/auth.ts';

export function meRoutes(
  deps: SignInDeps & { store: Store; tokens: AccessTokens },
): FastifyPluginAsyncTypebox {
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
      (request) => presentUser(deps.store, userOf(request)),
    );

    app.put(
      '/v1/me/password',
      {
        config: { problems: ['CREDENTIALS_INVALID', 'TOO_MANY_ATTEMPTS'] },
        schema: {
          operationId: 'changePassword',
          tags: ['auth'],
          summary: 'Changes the password; all tokens from before end, and the answer brings new ones',
          body: PasswordChange,
          response: { 200: Access },
        },
      },
      (request) => {
        const by = { user: userOf(request), actor: actorOf(request), client: clientOf(request) };
        return changePassword(deps, by, request.body);
      },
    );
  };
}
