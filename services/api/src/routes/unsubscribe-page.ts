import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { endReminders, readerOf } from '../accounts/end-reminders.ts';
import { UNSUBSCRIBE_CSP, unsubscribePage } from '../accounts/unsubscribe-page.ts';
import { clientOf } from '../http/client-of.ts';
import type { RequestLimits } from '../limits/request-limits.ts';

const BODY_LIMIT_BYTES = 10_000;
const Token = Type.Object({ token: Type.Optional(Type.String({ maxLength: 200 })) });

/**
 * Where reminders end (RFC 8058): a mail program posts to the link of the mail by itself, a person opens it and is
 * asked, since what only looks at links must not end anything.
 */
export function unsubscribeRoutes(deps: {
  store: Store;
  now: () => Date;
  limits: RequestLimits;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addHook('onRequest', async (request) => deps.limits.countStranger(request.ip));
    // Mail programs send a form, of either kind; all that counts stands in the address.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, async () => undefined);
    const schema = { hide: true, querystring: Token };

    app.get('/unsubscribe', { schema }, async (request, reply) => {
      const reader = await readerOf(deps.store, request.query.token ?? '');
      return answer(reply, reader ? 'ask' : 'unknown');
    });

    app.post('/unsubscribe', { schema, bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
      const { userAgent: _, ...origin } = clientOf(request);
      const isDone = await endReminders(deps, request.query.token ?? '', origin);
      return answer(reply, isDone ? 'done' : 'unknown');
    });
  };
}

function answer(reply: FastifyReply, content: Parameters<typeof unsubscribePage>[0]): FastifyReply {
  return reply
    .code(content === 'unknown' ? 404 : 200)
    .header('content-security-policy', UNSUBSCRIBE_CSP)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(unsubscribePage(content));
}
