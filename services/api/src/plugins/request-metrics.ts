import { type ErrorCode, SECOND_MS } from '@mentorline/runtime';
import fp from 'fastify-plugin';
import type { ApiMetrics } from '../metrics.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the problem that it tells. */
    problem: ErrorCode | null;
  }
}

/** Counts and times requests. All that no route offers is one route of one method, however many are tried. */
export const requestMetrics = fp<ApiMetrics>(
  async (app, { seconds, problems }) => {
    app.decorateReply('problem', null);
    app.addHook(
      'onResponse',
      async ({ is404, method, routeOptions }, { statusCode, elapsedTime, problem }) => {
        const isOffered = !is404 && statusCode !== 405;
        seconds.observe(
          {
            route: isOffered ? (routeOptions.url ?? 'unknown') : 'unknown',
            method: isOffered ? method : 'any',
            status: `${Math.floor(statusCode / 100)}xx`,
          },
          elapsedTime / SECOND_MS,
        );
        if (problem) problems.inc({ code: problem });
      },
    );
  },
  { name: 'request-metrics' },
);
