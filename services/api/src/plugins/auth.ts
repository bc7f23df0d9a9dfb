import type { Role } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import { isId, type Store, type User } from '@mentorline/store';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { AccessTokens } from '../accounts/access-token.ts';
import { signInBasic } from '../accounts/sign-in.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route behind this plugin. */
    user: User | null;
  }

  interface FastifyContextConfig {
    /** Takes e-mail and password (RFC 7617) beside an access token, for links that a browser opens by itself. */
    basicAllowed?: boolean;
  }
}

interface AuthDeps {
  store: Store;
  tokens: AccessTokens;
  now: () => Date;
}

/**
 * Every route of the scope it is registered in needs a valid access token of an active user, or a password where
 * it allows that. Roles come from the database, so that taking one away works at once. No answer is kept by a
 * cache.
 */
export function auth({ store, tokens, now }: AuthDeps) {
  const ownerOf = async (token: string): Promise<User> => {
    const claims = await tokens.read(token, now());
    const user = claims && isId(claims.userId) ? await store.users.findUser(claims.userId) : undefined;
    if (user?.active && user.organisationId === claims?.organisationId) return user;
    throw new AppError('UNAUTHENTICATED', 'The access token is not valid or has run out; sign in again');
  };

  return fp(
    async (app) => {
      app.decorateRequest('user', null);
      app.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'private, no-store');
        const [, scheme = '', credentials = ''] =
          /^(Bearer|Basic) +([^ ]+)$/iu.exec(request.headers.authorization ?? '') ?? [];
        const { basicAllowed = false } = request.routeOptions.config;
        if (scheme.toLowerCase() === 'bearer') {
          request.user = await ownerOf(credentials);
        } else if (scheme && basicAllowed) {
          request.user = await signInBasic(store, credentials);
        } else {
          const more = basicAllowed ? ', or e-mail and password as Authorization: Basic …' : '';
          throw new AppError('UNAUTHENTICATED', `Send an access token: Authorization: Bearer …${more}`);
        }
      });
    },
    { name: 'auth' },
  );
}

/** @throws when the route does not stand behind the plugin, which is a bug */
export function userOf(request: FastifyRequest): User {
  if (!request.user) throw new Error(`${request.routeOptions.url} is not behind the auth plugin`);
  return request.user;
}

/** Hook: any of the roles will do. It runs before a body is read. */
export function requireRole(...roles: readonly Role[]) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!userOf(request).roles.some((role) => roles.includes(role))) {
      throw new AppError('FORBIDDEN', `This needs the role ${roles.join(' or ')}`);
    }
  };
}
