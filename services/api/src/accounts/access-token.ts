import { createHash } from 'node:crypto';
import { HOUR_MS, SECOND_MS } from '@mentorline/runtime';
import type { User } from '@mentorline/store';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';

const ISSUER = 'mentorline';
const ALGORITHM = 'HS256';
// RFC 9068: keeps a token of another purpose, signed with the same key, from passing for one.
const TYPE = 'at+jwt';
export const TOKEN_LIFE_MS = HOUR_MS;

/** A client sends the token it has until it runs out. */
const KNOWN_TOKENS = 10_000;

interface Claims {
  org: unknown;
  ver: unknown;
}

/** What a token says that has been checked. */
interface AccessClaims {
  userId: string;
  organisationId: string;
  credentialsVersion: number;
  expiresAtMs: number;
}

/**
 * Issues and reads the gateway's own access tokens. Algorithm, type, issuer, audience and key are fixed here, never
 * taken from a token.
 */
export function accessTokens(secret: string) {
  const key = new TextEncoder().encode(secret);
  const kid = createHash('sha256').update(`mentorline key id ${secret}`).digest('base64url').slice(0, 12);
  const known = new LRUCache<string, AccessClaims>({ max: KNOWN_TOKENS });

  const verify = async (token: string, now: Date): Promise<AccessClaims | undefined> => {
    try {
      const { payload, protectedHeader } = await jwtVerify<Claims>(token, key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        requiredClaims: ['sub', 'exp', 'org', 'ver'],
        currentDate: now,
      });
      // A list of audiences is none of ours, though one of them may be.
      if (protectedHeader.kid !== kid || payload.aud !== ISSUER) return undefined;
      return {
        userId: String(payload.sub),
        organisationId: String(payload.org),
        credentialsVersion: Number(payload.ver),
        expiresAtMs: Number(payload.exp) * SECOND_MS,
      };
    } catch {
      return undefined;
    }
  };

  return {
    issue(
      user: Pick<User, 'id' | 'organisationId' | 'roles' | 'credentialsVersion'>,
      now: Date,
    ): Promise<string> {
      return new SignJWT({ org: user.organisationId, roles: user.roles, ver: user.credentialsVersion })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setSubject(user.id)
        .setIssuer(ISSUER)
        .setAudience(ISSUER)
        .setIssuedAt(now)
        .setExpirationTime(new Date(now.getTime() + TOKEN_LIFE_MS))
        .sign(key);
    },

    /**
     * @returns whose token it is, or undefined for one that is forged, damaged, run out or somebody else's. One that has
     * been found good stays so until it runs out; whether its user may still come in is for the caller to see.
     */
    async read(token: string, now: Date): Promise<AccessClaims | undefined> {
      const claims = known.get(token) ?? (await verify(token, now));
      if (!claims || claims.expiresAtMs <= now.getTime()) return undefined;
      known.set(token, claims);
      return claims;
    },
  };
}

export type AccessTokens = ReturnType<typeof accessTokens>;
