import cookie from '@fastify/cookie';
import { AppError, SECOND_MS, within } from '@mentorline/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { RequestLimits } from '../limits/request-limits.ts';
import { OPS_CSP } from '../ops/ops-layout.ts';
import { OPS_SIGN_IN_MS } from '../ops/ops-ticket.ts';
import { type OpsSignInDeps, readTicket } from '../ops/sign-in-ops.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page under /ops that needs no sign-in. */
    opsOpen?: boolean;
  }
}

export interface OpsCookieDeps extends OpsSignInDeps {
  limits: RequestLimits;
  /** Where people reach the gateway. */
  publicUrl: string;
  isProduction: boolean;
}

const NAME = 'mentorline_ops';
const PATIENCE_MS = 5 * SECOND_MS;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

/**
 * Pages for operators, in the scope it is registered in: whoever is signed in there is told by a cookie that is sent
 * to these pages only, and by no other site's doing. What is not merely read has to come from a page of ours.
 */
export function opsCookie(deps: OpsCookieDeps) {
  const { limits, publicUrl, isProduction } = deps;
  return fp(
    async (app) => {
      await app.register(cookie);
      app.decorateRequest('user', null);
      app.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'private, no-store').header('content-security-policy', OPS_CSP);
        if (!SAFE_METHODS.has(request.method) && !isOfOurPages(request, publicUrl)) {
          return reply
            .code(403)
            .type('text/plain')
            .send('This has to be sent from a page of the gateway itself.');
        }
        if (request.routeOptions.config.opsOpen) {
          await limits.countStranger(request.ip);
          return;
        }
        const signedIn = await soon(readTicket(deps, request.cookies[NAME]));
        if (!signedIn) {
          await limits.countStranger(request.ip);
          return sendAway(request, reply);
        }
        request.user = signedIn.user;
        setTicket(reply, signedIn.renewed, isProduction || publicUrl.startsWith('https:'));
        await limits.countUser(signedIn.user.id, request.ip);
      });
    },
    { name: 'ops-cookie' },
  );
}

/** Who looks here may do so because MongoDB is away, and is told so sooner than whoever can wait for it. */
async function soon<Answer>(reading: Promise<Answer>): Promise<Answer> {
  const told = await within(
    reading.then(
      (answer) => ({ answer }),
      (fault: unknown) => ({ fault }),
    ),
    PATIENCE_MS,
    undefined,
  );
  if (!told) throw new AppError('UNAVAILABLE', 'MongoDB does not answer; try again in a few seconds');
  if ('fault' in told) throw told.fault;
  return told.answer;
}

export function ticketOf(request: FastifyRequest): string | undefined {
  return request.cookies[NAME];
}

export function setTicket(reply: FastifyReply, ticket: string, secure: boolean): void {
  reply.setCookie(NAME, ticket, {
    ...{ path: '/ops', httpOnly: true, sameSite: 'strict', secure },
    maxAge: OPS_SIGN_IN_MS / 1_000,
  });
}

export function clearTicket(reply: FastifyReply): void {
  reply.clearCookie(NAME, { path: '/ops' });
}

/** Pages go to the sign-in; what a script asks for is refused, or it would take the sign-in for its answer. */
function sendAway({ headers, method }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isPage = SAFE_METHODS.has(method) && (headers.accept ?? '').includes('text/html');
  return isPage
    ? reply.redirect('/ops/login', 303)
    : reply.code(401).send({ error: 'Sign in at /ops/login first' });
}

/** By what the browser says of the page that sends it; one that says nothing is no browser of our time. */
function isOfOurPages({ headers, host }: FastifyRequest, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin = '' } = headers;
  return origin === new URL(publicUrl).origin || (URL.canParse(origin) && new URL(origin).host === host);
}
