import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import type { AccessTokens } from '../accounts/access-token.ts';
import { Access, refreshAccess, signIn, signOut } from '../accounts/open-access.ts';
import { PasswordByLink, ResetRequest, requestReset, setPasswordByLink } from '../accounts/reset-password.ts';
import { Credentials, type SignInDeps } from '../accounts/sign-in.ts';
import { clientOf } from '../http/client-of.ts';
import type { RequestLimits } from '../limits/request-limits.ts';

const Presented = Type.Object(
  { refreshToken: Type.String({ minLength: 1, maxLength: 200 }) },
  { title: 'RefreshToken', additionalProperties: false },
);

// `null` would be sent as a word.
const NoContent = Type.Unsafe<undefined>({ type: 'null' });

/** What somebody can do who is not signed in. */
export function authRoutes(
  deps: SignInDeps & { store: Store; tokens: AccessTokens; limits: RequestLimits; mailDomain: string },
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      await deps.limits.countStranger(request.ip);
    });

    app.post(
      '/v1/auth/login',
      {
        config: { problems: ['CREDENTIALS_INVALID'] },
        schema: {
          operationId: 'login',
          tags: ['auth'],
          summary: 'Signs in with e-mail and password',
          body: Credentials,
          response: { 200: Access },
        },
      },
      (request) => signIn(deps, request.body, clientOf(request)),
    );

    app.post(
      '/v1/auth/refresh',
      {
        config: { problems: ['REFRESH_TOKEN_INVALID'] },
        schema: {
          operationId: 'refresh',
          tags: ['auth'],
          summary: 'Exchanges a refresh token for the next pair of tokens',
          description:
            'Each refresh token is good once. The same client may exchange it again within ten seconds, for an ' +
            'answer that was lost or two tabs at once; later, or from elsewhere, all tokens of that sign-in end.',
          body: Presented,
          response: { 200: Access },
        },
      },
      (request) => refreshAccess(deps, request.body.refreshToken, clientOf(request)),
    );

    app.post(
      '/v1/auth/logout',
      {
        schema: {
          operationId: 'logout',
          tags: ['auth'],
          summary: 'Ends the refresh tokens of a sign-in; its access token runs out within the hour',
          body: Presented,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await signOut(deps, request.body.refreshToken, clientOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/v1/auth/password-reset',
      {
        config: { problems: ['TOO_MANY_ATTEMPTS'] },
        schema: {
          operationId: 'requestPasswordReset',
          tags: ['auth'],
          summary:
            'Mails a link to set a new password, good for an hour; the answer is the same for any address',
          body: ResetRequest,
          response: { 202: NoContent },
        },
      },
      async (request, reply) => {
        await requestReset(deps, request.body, clientOf(request));
        return reply.code(202).send(undefined);
      },
    );

    app.post(
      '/v1/auth/password-reset/confirm',
      {
        config: { problems: ['LINK_INVALID'] },
        schema: {
          operationId: 'setPasswordByLink',
          tags: ['auth'],
          summary: 'Sets the password with the link of a reset or of an invitation; sign in with it then',
          body: PasswordByLink,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await setPasswordByLink(deps, request.body, clientOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
