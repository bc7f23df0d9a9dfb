import type { RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What its successes bear in their headers, beside what every answer does. */
    answerHeaders?: readonly AnswerHeader[];
  }
}

/** By name, for `components.headers`. */
export const ANSWER_HEADERS = {
  ETag: {
    description: 'names the version that is answered: for `If-Match`, or `If-None-Match` of a picture',
    required: true,
    schema: { type: 'string', examples: ['"1"'] },
  },
  Location: {
    description: 'where what was made or asked for stands',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Idempotency-Replayed': {
    description: 'the answer is the first one under this `Idempotency-Key`, and nothing was made now',
    schema: { type: 'string', enum: ['true'] },
  },
} as const;
type AnswerHeader = keyof typeof ANSWER_HEADERS;

/** Of the successes of a route. */
export function answerHeadersOf({ config = {} }: RouteOptions): AnswerHeader[] {
  return [...(config.answerHeaders ?? []), ...(config.answerAgain ? ['Idempotency-Replayed' as const] : [])];
}
