import { HOUR_MS, MINUTE_MS } from '@mentorline/runtime';
import { jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'HS256';
// Keeps an access token from passing for one, and it from passing for an access token.
const TYPE = 'ops+jwt';
const ISSUER = 'mentorline';
const AUDIENCE = 'mentorline-ops';
/** So long after its last use a sign-in ends by itself; a page that is open uses it every few seconds. */
const TICKET_LIFE_MS = 30 * MINUTE_MS;
/** So long a sign-in lasts at most. */
export const OPS_SIGN_IN_MS = 12 * HOUR_MS;

/** What the cookie of the pages for operators says: who, since which password, and in which sign-in. */
export interface Ticket {
  userId: string;
  credentialsVersion: number;
  /** Names the sign-in in the database, where it can be ended. */
  signIn: string;
}

/** Issues and reads tickets. Algorithm, type, issuer, audience and key are fixed here, never taken from a ticket. */
export function opsTickets(secret: string) {
  const key = new TextEncoder().encode(secret);
  return {
    issue({ userId, credentialsVersion, signIn }: Ticket, now: Date): Promise<string> {
      return new SignJWT({ ver: credentialsVersion, sid: signIn })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(now)
        .setExpirationTime(new Date(now.getTime() + TICKET_LIFE_MS))
        .sign(key);
    },

    /** @returns undefined for one that is forged, damaged or has run out */
    async read(ticket: string, now: Date): Promise<Ticket | undefined> {
      try {
        const { payload } = await jwtVerify<{ ver: unknown; sid: unknown }>(ticket, key, {
          ...{ algorithms: [ALGORITHM], typ: TYPE, issuer: ISSUER, audience: AUDIENCE, currentDate: now },
          requiredClaims: ['sub', 'exp', 'ver', 'sid'],
        });
        const { sub, ver, sid } = payload;
        return { userId: String(sub), credentialsVersion: Number(ver), signIn: String(sid) };
      } catch {
        return undefined;
      }
    },
  };
}

export type OpsTickets = ReturnType<typeof opsTickets>;
