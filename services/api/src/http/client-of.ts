import type { FastifyRequest } from 'fastify';
import type { Client } from '../accounts/open-access.ts';

/** Whoever sends a request, signed in or not. */
export function clientOf({ ip, id, headers }: FastifyRequest): Client {
  return { address: ip, requestId: id, userAgent: headers['user-agent'] ?? '' };
}
