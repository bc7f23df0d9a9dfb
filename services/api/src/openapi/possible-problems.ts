import type { ErrorCode } from '@mentorline/runtime';
import type { FastifySchema, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Codes that this route answers beside those that follow from what it takes. */
    problems?: readonly ErrorCode[];
  }
}

/** What can go wrong with any request. */
const ALWAYS: readonly ErrorCode[] = ['BODY_INVALID', 'REQUEST_TIMEOUT', 'HEADERS_TOO_LARGE'];
const READS_A_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Every code that a route may answer: from what it takes, and what it says itself in its `problems`. */
export function possibleProblems(route: RouteOptions): ErrorCode[] {
  const { url, method, schema = {}, config = {} } = route;
  const codes = new Set(ALWAYS);
  const add = (...more: ErrorCode[]): void => more.forEach((code) => void codes.add(code));
  if (url.startsWith('/v1/')) {
    add('VALIDATION_FAILED', 'TOO_MANY_REQUESTS', 'INTERNAL_ERROR', 'OVERLOADED', 'UNAVAILABLE');
  }
  if (isGuarded(url)) add('UNAUTHENTICATED', 'FORBIDDEN');
  if (config.basicAllowed) add('CREDENTIALS_INVALID', 'TOO_MANY_ATTEMPTS');
  if (schema.params) add('NOT_FOUND');
  if ([method].flat().some((name) => READS_A_BODY.has(name))) {
    add('UNSUPPORTED_MEDIA_TYPE', 'PAYLOAD_TOO_LARGE');
  }
  if (takesHeader(schema, 'if-match')) add('PRECONDITION_FAILED');
  if (config.answerAgain) add('IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT');
  add(...(config.problems ?? []));
  return [...codes];
}

function takesHeader({ headers }: FastifySchema, name: string): boolean {
  return name in ((headers as { properties?: object } | undefined)?.properties ?? {});
}

/** Whether a route needs somebody who is signed in. */
export function isGuarded(url: string): boolean {
  return url.startsWith('/v1/') && !url.startsWith('/v1/auth/');
}
