import { AppError, SECOND_MS } from '@mentorline/runtime';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { ApiConfig } from '../config.ts';

// No shared secret: whoever can check such a token cannot make one.
const ALGORITHMS = ['RS256', 'ES256'];
const FETCH_TIMEOUT_MS = 3 * SECOND_MS;
/** Clocks of two parties are never quite the same. */
const SKEW_SECONDS = 30;

/**
 * Reads the access tokens of the identity provider that the deployment trusts; undefined where it has none.
 * Algorithms, issuer and audience come from the configuration, keys from the provider's JWKS.
 */
export function identityProvider(config: Pick<ApiConfig, 'JWKS_URL' | 'JWT_ISSUER' | 'JWT_AUDIENCE'>) {
  if (!config.JWKS_URL) return undefined;
  const keys = createRemoteJWKSet(new URL(config.JWKS_URL), { timeoutDuration: FETCH_TIMEOUT_MS });
  return {
    /**
     * @returns the address that the provider has verified; undefined for a token that is none of its, or names none
     * @throws AppError UNAVAILABLE when its keys are needed and cannot be fetched
     */
    async read(token: string, now: Date): Promise<string | undefined> {
      try {
        const { payload } = await jwtVerify<{ email?: unknown; email_verified?: unknown }>(token, keys, {
          algorithms: ALGORITHMS,
          issuer: config.JWT_ISSUER,
          audience: config.JWT_AUDIENCE,
          requiredClaims: ['sub', 'exp'],
          clockTolerance: SKEW_SECONDS,
          currentDate: now,
        });
        const { email, email_verified: isVerified } = payload;
        return isVerified === true && typeof email === 'string' ? email : undefined;
      } catch (error) {
        if (isOfToken(error)) return undefined;
        throw new AppError('UNAVAILABLE', 'The identity provider does not answer; try again in a moment', {
          cause: error,
        });
      }
    },
  };
}

export type IdentityProvider = ReturnType<typeof identityProvider>;

function isOfToken(error: unknown): boolean {
  const isOfKeys =
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    // What is answered with another status, or is no JSON, is told by the bare class.
    (error instanceof errors.JOSEError && error.constructor === errors.JOSEError);
  return error instanceof errors.JOSEError && !isOfKeys;
}
