import { setTimeout as delay } from 'node:timers/promises';
import { oneOf, type Random } from '../random-numbers.ts';
import { countIn, type Tally } from './tally.ts';

/** Longer than a gateway takes that has to wait for MongoDB. */
const ATTEMPT_MS = 30_000;
/** Only what will never be answered takes so long. */
const PATIENCE_MS = 240_000;
const LONGEST_PAUSE_MS = 400;

export interface Answer {
  status: number;
  etag: string;
  body: Record<string, unknown>;
  /** Attempts before this one that may have done something all the same. */
  inVain: number;
}

interface Call {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: object | FormData;
}

/** Sends a call as a patient client does: again and again, to one gateway or the other, until it is answered for good. */
export type Send = (call: Call) => Promise<Answer>;

export function sendUntilAnswered(deps: {
  gatewayUrls: readonly string[];
  accessToken: string;
  random: Random;
  tally: Tally;
  /** Told of answers that no fault of a server excuses. */
  complain: (what: string) => void;
}): Send {
  const { gatewayUrls, accessToken, random, tally, complain } = deps;
  const attempt = async ({ method, path, headers, body }: Call): Promise<Answer | undefined> => {
    try {
      const response = await fetch(`${oneOf(random, gatewayUrls)}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(body && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        signal: AbortSignal.timeout(ATTEMPT_MS),
        ...(body ? { body: body instanceof FormData ? body : JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      const { status } = response;
      countIn(tally.answers, String(status));
      const isJson = response.headers.get('content-type')?.includes('json');
      const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
      if (status === 500) complain(`${method} ${path} was answered with 500: ${text}`);
      const passes =
        status >= 500 || status === 408 || status === 429 || parsed.code === 'IDEMPOTENCY_IN_FLIGHT';
      if (passes) return undefined;
      return { status, etag: response.headers.get('etag') ?? '', body: parsed, inVain: 0 };
    } catch {
      countIn(tally.answers, 'none');
      return undefined;
    }
  };
  return async (call) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (let inVain = 0; ; inVain += 1) {
      const answer = await attempt(call);
      if (answer) return { ...answer, inVain };
      if (performance.now() > deadline) throw new Error(`${call.method} ${call.path} is never answered`);
      await delay(random(LONGEST_PAUSE_MS));
    }
  };
}
