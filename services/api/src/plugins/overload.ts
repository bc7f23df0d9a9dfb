import underPressure from '@fastify/under-pressure';
import { AppError, SECOND_MS } from '@mentorline/runtime';
import fp from 'fastify-plugin';

const SAMPLE_MS = SECOND_MS;

/**
 * Refuses requests while the event loop is so late that they would only be answered when nobody waits any more.
 * Health is told all the same.
 */
export const overload = fp<{ maxEventLoopDelayMs: number }>(
  async (app, { maxEventLoopDelayMs }) => {
    // The start itself keeps the loop busy; what was measured of it says nothing about the requests to come.
    let judgesFromMs = Number.POSITIVE_INFINITY;
    app.addHook('onReady', async () => {
      judgesFromMs = performance.now() + 2 * SAMPLE_MS;
    });
    await app.register(underPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      sampleInterval: SAMPLE_MS,
      pressureHandler(request) {
        if (!request.url.startsWith('/v1/') || performance.now() < judgesFromMs) return;
        throw new AppError('OVERLOADED', 'The gateway is too busy at the moment; try again in a few seconds');
      },
    });
  },
  { name: 'overload' },
);
