import type { Socket } from 'node:net';
import { AppError } from '@mentorline/runtime';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { RefuseBroken } from '../broken-requests.ts';

declare module 'fastify' {
  interface FastifyRequest {
    bodyDeadline: NodeJS.Timeout | null;
  }
}

/**
 * A body that is read whole must be there within `bodyTimeoutMs`. An upload may take long, but a client that is
 * silent for `idleTimeoutMs` in the middle of a request is told that it was too slow, and cut off. (Headers are the
 * HTTP server's own to wait for.)
 */
export const slowClients = fp<{ bodyTimeoutMs: number; idleTimeoutMs: number; refuseBroken: RefuseBroken }>(
  async (app, { bodyTimeoutMs, idleTimeoutMs, refuseBroken }) => {
    const current = new WeakMap<Socket, FastifyRequest>();
    app.decorateRequest('bodyDeadline', null);

    app.addHook('onRequest', async (request) => {
      current.set(request.raw.socket, request);
    });
    app.addHook('preParsing', async (request, reply, payload) => {
      if (request.routeOptions.config.bodyIsStreamed || request.raw.complete) return payload;
      request.bodyDeadline = setTimeout(() => {
        reply.header('connection', 'close');
        // Whoever collects the body takes it as the end of it.
        payload.emit('error', new AppError('REQUEST_TIMEOUT', 'The body did not arrive whole in time'));
      }, bodyTimeoutMs);
      return payload;
    });
    const inTime = (request: FastifyRequest): void => clearTimeout(request.bodyDeadline ?? undefined);
    app.addHook('preValidation', async (request) => inTime(request));
    app.addHook('onSend', async (request, _reply, payload) => {
      inTime(request);
      return payload;
    });

    app.server.setTimeout(idleTimeoutMs, (socket: Socket) => {
      const request = current.get(socket);
      const isWaiting = request && !request.raw.complete && !request.raw.destroyed;
      if (!isWaiting) socket.destroy();
      else refuseBroken(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket, request.id);
    });
  },
  { name: 'slow-clients' },
);
