import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { actorOf } from '../http/actor.ts';
import { IdParams, IdText } from '../http/id-params.ts';
import { cutPage, Page, PageQuery, Query, readCursor } from '../http/paging.ts';
import { sendMailAgain } from '../mails/send-mail-again.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { presentSessionMail, SessionMailView } from '../sessions/list-mails.ts';
import { findSession, keptBy } from '../sessions/see-sessions.ts';

const Place = Type.Object({ id: IdText });
const MailParams = Type.Object({ id: IdText, mailId: IdText });

/** What those in a session were told of it. */
export function sessionMailRoutes(deps: {
  store: Store;
  queues: JobQueues;
  now: () => Date;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addHook('onRequest', requireRole('session_manager', 'org_admin'));

    app.get(
      '/v1/sessions/:id/mails',
      {
        schema: {
          operationId: 'listSessionMails',
          tags: ['sessions'],
          summary: 'The mails to those in the session, newest first, and what came of each',
          description: 'People are told a minute after a change, so of one just made there are none yet.',
          params: IdParams,
          querystring: Query(PageQuery),
          response: { 200: Page(SessionMailView) },
        },
      },
      async (request) => {
        const { limit = 20, cursor } = request.query;
        const place = readCursor(Place, cursor);
        const session = await findSession(deps, request.params.id, keptBy(userOf(request), 'managed'));
        const { items, total } = await deps.store.mails.listSessionMails(session.id, {
          ...(place ? { after: place.id } : {}),
          limit: limit + 1,
        });
        const { page, nextCursor } = cutPage(items, limit, ({ id }) => ({ id }));
        return { items: page.map(presentSessionMail), nextCursor, total };
      },
    );

    app.post(
      '/v1/sessions/:id/mails/:mailId/retry',
      {
        config: { problems: ['MAIL_NOT_FAILED', 'MAIL_OUTDATED', 'ADDRESS_SUPPRESSED'] },
        schema: {
          operationId: 'retrySessionMail',
          tags: ['sessions'],
          summary: 'Sends a mail that failed for good again, as it was; it is tried for another day',
          params: MailParams,
          response: { 202: SessionMailView },
        },
      },
      async (request, reply) => {
        const { id, mailId } = request.params;
        const session = await findSession(deps, id, keptBy(userOf(request), 'managed'));
        const mail = await deps.store.mails.findMail(mailId);
        if (mail?.session?.sessionId !== session.id) throw new AppError('NOT_FOUND', 'There is no such mail');
        const again = { mailId, target: { kind: 'session', id } };
        return reply.code(202).send(presentSessionMail(await sendMailAgain(deps, actorOf(request), again)));
      },
    );
  };
}
