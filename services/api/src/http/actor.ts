import type { Actor } from '@mentorline/store';
import type { FastifyRequest } from 'fastify';
import { userOf } from '../plugins/auth.ts';

/** Whoever is signed in, as the audit log names them. */
export function actorOf(request: FastifyRequest): Actor & { userId: string } {
  const { id, email, organisationId } = userOf(request);
  const claim = request.idempotency?.claim;
  return {
    ...{ organisationId, userId: id, email, address: request.ip, requestId: request.id },
    ...(claim ? { claim } : {}),
  };
}
