import { AppError, holdLease, SECOND_MS } from '@mentorline/runtime';
import { type FinishedRequest, type IdempotencyClaim, newId, type Store } from '@mentorline/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { requestHash } from '../http/request-hash.ts';
import { userOf } from './auth.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route that creates: it takes `Idempotency-Key`, and answers with what a request has created before. */
    answerAgain?: (request: FastifyRequest, reply: FastifyReply, targetId: string) => Promise<FastifyReply>;
    /** Its body is a file: only the handler learns what it says, and compares. */
    bodyIsStreamed?: boolean;
  }

  interface FastifyRequest {
    idempotency: Idempotency | null;
  }
}

/** What a request knows of its key. */
interface Idempotency {
  /** Where it is the one that works under the key. */
  claim?: IdempotencyClaim;
  lease?: { release(): void };
  /** Where another has worked under it, and the body is still to be compared. */
  earlier?: FinishedRequest;
}

/** A request that has died gives its key up after so long. */
const LEASE_MS = 10 * SECOND_MS;
const KEPT_HEADERS = ['etag', 'location'];
const RETRY_AFTER_SECONDS = 1;

const KeyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description:
        'Any text of your own, new for each thing to be made. The same key with the same body within 24 hours ' +
        'makes nothing a second time: the first answer comes again, with `Idempotency-Replayed: true`.',
    }),
  ),
});

/**
 * `Idempotency-Key` on the routes that create. A key is claimed before the handler runs, and marked as done in the
 * transaction that does the work (see `noteWrite` of the store): so a request that dies in between neither blocks its
 * key for ever nor lets the work be done twice. A request that fails gives the key back. Registered behind `auth`, and
 * before the routes, which it watches being added.
 */
export function idempotency({ store, now }: { store: Store; now: () => Date }) {
  const leave = async (
    { claim, lease }: Idempotency,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<void> => {
    lease?.release();
    if (!claim) return;
    if (reply.statusCode >= 400) return store.idempotency.releaseClaim(claim);
    await store.idempotency.keepResponse(claim, {
      status: reply.statusCode,
      headers: Object.fromEntries(
        KEPT_HEADERS.flatMap((name) =>
          reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [],
        ),
      ),
      body: typeof payload === 'string' ? payload : '',
    });
  };

  return fp(
    async (app) => {
      app.decorateRequest('idempotency', null);
      app.addHook('onRoute', (route) => {
        if (route.config?.answerAgain) route.schema = { headers: KeyHeader, ...route.schema };
      });

      app.addHook('preHandler', async (request, reply) => {
        const { answerAgain, bodyIsStreamed = false } = request.routeOptions.config;
        const key = request.headers['idempotency-key'];
        if (!answerAgain || typeof key !== 'string' || request.validationError) return;
        const { id: userId, organisationId } = userOf(request);
        const bodyHash = bodyIsStreamed ? null : requestHash(request);
        const owner = newId();
        const claimed = await store.idempotency.claimKey({
          ...{ organisationId, userId, key, bodyHash, owner, leaseMs: LEASE_MS, at: now() },
        });
        switch (claimed.outcome) {
          case 'claimed': {
            const { claim } = claimed;
            const lease = holdLease(() => store.idempotency.renewClaim(claim, LEASE_MS), LEASE_MS / 3);
            request.idempotency = { claim, lease };
            return;
          }
          case 'in-flight':
            throw new AppError(
              'IDEMPOTENCY_IN_FLIGHT',
              'A request with this Idempotency-Key is still running; ask again in a moment for its result',
              { retryAfterSeconds: RETRY_AFTER_SECONDS },
            );
          case 'other-body':
            throw keyReused();
          case 'done':
            if (bodyIsStreamed) request.idempotency = { earlier: claimed };
            else return replay(request, reply, claimed);
        }
      });

      app.addHook('onSend', async (request, reply, payload) => {
        if (request.idempotency) {
          await leave(request.idempotency, reply, payload).catch((error: unknown) => {
            request.log.warn({ err: error }, 'an answer could not be kept under its idempotency key');
          });
        }
        return payload;
      });
    },
    { name: 'idempotency', dependencies: ['auth'] },
  );
}

/** Answers with what the first request under the key was answered, or would have been. */
export async function replay(
  request: FastifyRequest,
  reply: FastifyReply,
  { response, targetId }: FinishedRequest,
): Promise<FastifyReply> {
  reply.header('idempotency-replayed', 'true');
  if (response) {
    const { status, headers, body } = response;
    return reply.code(status).headers(headers).type('application/json; charset=utf-8').send(body);
  }
  return request.routeOptions.config.answerAgain!(request, reply, targetId ?? '');
}

export function keyReused(): AppError {
  return new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was used for another request; take a new key for each thing to be made',
  );
}
