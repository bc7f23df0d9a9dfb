import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { JobQueues } from '@mentorline/jobs';
import type { Import, Store } from '@mentorline/store';
import type { FastifyReply } from 'fastify';
import { actorOf } from '../http/actor.ts';
import { IdParams } from '../http/id-params.ts';
import { cancelImport } from '../imports/cancel-import.ts';
import { findImport } from '../imports/find-import.ts';
import { ImportView, presentImports } from '../imports/present-import.ts';
import { sendReportAgain } from '../imports/send-report-again.ts';
import { undoImport } from '../imports/undo-import.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

/** What can be done with an import that has been accepted. */
export function importActionRoutes(deps: {
  store: Store;
  queues: JobQueues;
  now: () => Date;
}): FastifyPluginAsyncTypebox {
  const present = async (found: Import) => (await presentImports(deps, [found]))[0]!;

  const answerAccepted = async (reply: FastifyReply, accepted: Import) =>
    reply
      .code(202)
      .header('location', `/v1/imports/${accepted.id}`)
      .send(await present(accepted));

  return async (app) => {
    app.addHook('onRequest', requireRole('session_manager', 'org_admin'));

    app.post(
      '/v1/imports/:id/cancel',
      {
        config: { problems: ['IMPORT_ENDED'] },
        schema: {
          operationId: 'cancelImport',
          tags: ['imports'],
          summary: 'Stops an import within seconds; what is applied stays, the report is still made',
          params: IdParams,
          response: { 202: ImportView },
        },
      },
      async (request, reply) => {
        const cancelled = await cancelImport(
          deps,
          { user: userOf(request), actor: actorOf(request) },
          request.params.id,
        );
        return reply.code(202).send(await present(cancelled));
      },
    );

    app.post(
      '/v1/imports/:id/mail/retry',
      {
        config: { problems: ['MAIL_NOT_FAILED'] },
        schema: {
          operationId: 'retryImportMail',
          tags: ['imports'],
          summary: 'Sends a report mail that failed for good again, as it was; it is tried for another day',
          params: IdParams,
          response: { 202: ImportView },
        },
      },
      async (request, reply) => {
        const by = { user: userOf(request), actor: actorOf(request) };
        return reply.code(202).send(await present(await sendReportAgain(deps, by, request.params.id)));
      },
    );

    app.post(
      '/v1/imports/:id/undo',
      {
        config: {
          problems: ['UNDO_NOT_POSSIBLE'],
          answerHeaders: ['Location'],
          answerAgain: async (request, reply, id) =>
            answerAccepted(reply, await findImport(deps.store, id, userOf(request))),
        },
        schema: {
          operationId: 'undoImport',
          tags: ['imports'],
          summary: 'Takes back what an import of sessions did, as an import of its own',
          params: IdParams,
          response: { 202: ImportView },
        },
      },
      async (request, reply) => {
        const by = { user: userOf(request), actor: actorOf(request) };
        const accepted = await undoImport(deps, by, request.params.id);
        request.log.info({ importId: accepted.id }, 'import accepted');
        return answerAccepted(reply, accepted);
      },
    );
  };
}
