import type { FastifyInstance } from 'fastify';
import { SET_PASSWORD_CSP, SET_PASSWORD_PAGE } from '../accounts/set-password-page.ts';

/** Where mailed links lead. A web client in front of the gateway may put a page of its own there. */
export async function setPasswordPage(app: FastifyInstance): Promise<void> {
  app.get('/set-password', { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('content-security-policy', SET_PASSWORD_CSP)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(SET_PASSWORD_PAGE),
  );
}
