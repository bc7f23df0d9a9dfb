import { HOUR_MS } from '@mentorline/runtime';
import type { User } from '@mentorline/store';
import { jwtVerify, SignJWT } from 'jose';

const ISSUER = 'mentorline';
const ALGORITHM = 'HS256';
export const TOKEN_LIFE_MS = HOUR_MS;

/** Issues and reads the gateway's own access tokens. The algorithm is fixed here, never taken from a token. */
export function accessTokens(secret: string) {
  const key = new TextEncoder().encode(secret);
  return {
    issue(user: Pick<User, 'id' | 'organisationId' | 'roles'>, now: Date): Promise<string> {
      return new SignJWT({ org: user.organisationId, roles: user.roles })
        .setProtectedHeader({ alg: ALGORITHM })
        .setSubject(user.id)
        .setIssuer(ISSUER)
        .setAudience(ISSUER)
        .setIssuedAt(now)
        .setExpirationTime(new Date(now.getTime() + TOKEN_LIFE_MS))
        .sign(key);
    },

    /** @returns whose token it is, or undefined for one that is forged, damaged or run out */
    async read(token: string, now: Date): Promise<{ userId: string; organisationId: string } | undefined> {
      try {
        const { payload } = await jwtVerify<{ org: unknown }>(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: ISSUER,
          requiredClaims: ['sub', 'exp', 'org'],
          currentDate: now,
        });
        return { userId: String(payload.sub), organisationId: String(payload.org) };
      } catch {
        return undefined;
      }
    },
  };
}

export type AccessTokens = ReturnType<typeof accessTokens>;
