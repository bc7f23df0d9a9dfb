import type { Role } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import { isId, type Store, type User } from '@mentorline/store';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { AccessTokens } from '../accounts/access-token.ts';
import type { IdentityProvider } from '../accounts/identity-provider.ts';
import { type SignInDeps, signInBasic } from '../accounts/sign-in.ts';
import { clientOf } from '../http/client-of.ts';
import type { RequestLimits } from '../limits/request-limits.ts';

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

interface AuthDeps extends SignInDeps {
  store: Store;
  tokens: AccessTokens;
  provider: IdentityProvider;
  limits: RequestLimits;
}

/**
 * Every route of the scope it is registered in needs a valid access token of an active user, our own or the identity
 * provider's, or a password where it allows that. Roles come from the database, so that taking one away works at once.
 * Requests are counted, those of strangers too. No answer is kept by a cache.
 */
export function auth(deps: AuthDeps) {
  const { store, tokens, provider, limits, now } = deps;

  const ownerOf = async (token: string): Promise<User> => {
    const claims = await tokens.read(token, now());
    const user = claims ? await ownUser(claims) : await providersUser(token);
    if (user?.active) return user;
    throw new AppError('UNAUTHENTICATED', 'The access token is not valid or has run out; sign in again');
  };
  const ownUser = async (
    claims: NonNullable<Awaited<ReturnType<AccessTokens['read']>>>,
  ): Promise<User | undefined> => {
    const user = isId(claims.userId) ? await store.users.findUser(claims.userId) : undefined;
    const isCurrent =
      user?.organisationId === claims.organisationId && user.credentialsVersion === claims.credentialsVersion;
    return isCurrent ? user : undefined;
  };
  const providersUser = async (token: string): Promise<User | undefined> => {
    const email = await provider?.read(token, now());
    return email === undefined ? undefined : store.users.findUserByEmail(email);
  };

  const authenticate = async (request: FastifyRequest): Promise<User> => {
    const [, scheme = '', credentials = ''] =
      /^(Bearer|Basic) +([^ ]+)$/iu.exec(request.headers.authorization ?? '') ?? [];
    const { basicAllowed = false } = request.routeOptions.config;
    if (scheme.toLowerCase() === 'bearer') return ownerOf(credentials);
    if (scheme && basicAllowed) return signInBasic(deps, credentials, clientOf(request));
    const more = basicAllowed ? ', or e-mail and password as Authorization: Basic …' : '';
    throw new AppError('UNAUTHENTICATED', `Send an access token: Authorization: Bearer …${more}`);
  };

  return fp(
    async (app) => {
      app.decorateRequest('user', null);
      app.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'private, no-store');
        try {
          request.user = await authenticate(request);
        } catch (refusal) {
          await limits.countStranger(request.ip);
          throw refusal;
        }
        await limits.countUser(request.user.id, request.ip);
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
