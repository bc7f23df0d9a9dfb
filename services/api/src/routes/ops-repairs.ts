import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { QUEUE_NAMES } from '@mentorline/jobs';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { actorOf } from '../http/actor.ts';
import { IdParams } from '../http/id-params.ts';
import { OpsImportView, readImportStory } from '../ops/import-story.ts';
import { OpsMailView, presentMail } from '../ops/mail-view.ts';
import {
  dismissLetter,
  type RepairDeps,
  releaseImport,
  retryImport,
  sendMailAgain,
  setDraining,
  setQueuePaused,
  stopImport,
} from '../ops/repair.ts';
import { requireRole } from '../plugins/auth.ts';

const ServiceParams = Type.Object({
  service: Type.Enum(['importer', 'notifier'], { description: 'the processes of which are meant' }),
});
const QueueParams = Type.Object({ name: Type.Enum([...QUEUE_NAMES], { description: 'of a queue' }) });

/** What operators mend. Each act stands in the audit log. */
export function opsRepairRoutes(deps: RepairDeps): FastifyPluginAsyncTypebox {
  const story = (id: string) => readImportStory(deps, id, { isOperator: true });
  const answerRetry = async (reply: FastifyReply, id: string) =>
    reply
      .code(202)
      .header('location', `/v1/ops/imports/${id}`)
      .send(await story(id));

  return async (app) => {
    app.addHook('onRequest', requireRole('operator'));

    app.post(
      '/v1/ops/imports/:id/release',
      {
        config: { problems: ['IMPORT_ENDED'] },
        schema: {
          operationId: 'releaseImport',
          tags: ['operations'],
          summary: 'Takes an import away from the importer that has it; another goes on from its checkpoints',
          params: IdParams,
          response: { 202: OpsImportView },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await releaseImport(deps, actorOf(request), id);
        return reply.code(202).send(await story(id));
      },
    );

    app.post(
      '/v1/ops/imports/:id/cancel',
      {
        config: { problems: ['IMPORT_ENDED'] },
        schema: {
          operationId: 'stopImport',
          tags: ['operations'],
          summary: 'Stops an import of any organisation; what is applied stays, the report is still made',
          params: IdParams,
          response: { 202: OpsImportView },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await stopImport(deps, actorOf(request), id);
        return reply.code(202).send(await story(id));
      },
    );

    app.post(
      '/v1/ops/imports/:id/retry',
      {
        config: {
          problems: ['RETRY_NOT_POSSIBLE'],
          answerHeaders: ['Location'],
          answerAgain: (_request, reply, id) => answerRetry(reply, id),
        },
        schema: {
          operationId: 'retryImport',
          tags: ['operations'],
          summary: 'Tries an import that gave up once more, as an import of its own',
          params: IdParams,
          response: { 202: OpsImportView },
        },
      },
      async (request, reply) => {
        const { id } = await retryImport(deps, actorOf(request), request.params.id);
        return answerRetry(reply, id);
      },
    );

    app.post(
      '/v1/ops/mails/:id/send-again',
      {
        config: { problems: ['RETRY_NOT_POSSIBLE'] },
        schema: {
          operationId: 'sendMailAgain',
          tags: ['operations'],
          summary: 'Lets a mail that was given up wait to be sent again, as the same mail',
          params: IdParams,
          response: { 202: OpsMailView },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await sendMailAgain(deps, actorOf(request), id);
        return reply.code(202).send(presentMail((await deps.store.looks.lookAtMail(id))!, true));
      },
    );

    for (const kind of ['import', 'mail'] as const) {
      app.post(
        `/v1/ops/${kind}s/:id/dismiss`,
        {
          config: { problems: ['NOT_GIVEN_UP'] },
          schema: {
            operationId: kind === 'import' ? 'dismissImport' : 'dismissMail',
            tags: ['operations'],
            summary: `Puts aside ${kind === 'import' ? 'an import' : 'a mail'} that was given up; it can still be tried again`,
            params: IdParams,
            response: { 204: { description: 'it is put aside' } },
          },
        },
        async (request, reply) => {
          await dismissLetter(deps, actorOf(request), { kind, id: request.params.id });
          return reply.code(204).send();
        },
      );
    }

    for (const [verb, paused] of [
      ['pause', true],
      ['resume', false],
    ] as const) {
      app.post(
        `/v1/ops/queues/:name/${verb}`,
        {
          schema: {
            operationId: `${verb}Queue`,
            tags: ['operations'],
            summary: paused
              ? 'Keeps a queue from being worked off; what runs goes on to its end'
              : 'Lets a queue be worked off again',
            params: QueueParams,
            response: { 204: { description: paused ? 'it is paused' : 'it is worked off' } },
          },
        },
        async (request, reply) => {
          await setQueuePaused(deps, actorOf(request), { name: request.params.name, paused });
          return reply.code(204).send();
        },
      );
    }

    for (const [verb, draining] of [
      ['drain', true],
      ['undrain', false],
    ] as const) {
      app.post(
        `/v1/ops/processes/:id/${verb}`,
        {
          schema: {
            operationId: `${verb}Process`,
            tags: ['operations'],
            summary: draining
              ? 'Asks an importer or notifier to take no new work; the overview says when it is drained'
              : 'Lets it take work again',
            params: IdParams,
            response: { 204: { description: 'it is asked to' } },
          },
        },
        async (request, reply) => {
          await setDraining(deps, actorOf(request), { id: request.params.id }, draining);
          return reply.code(204).send();
        },
      );
      app.post(
        `/v1/ops/services/:service/${verb}`,
        {
          schema: {
            operationId: `${verb}Service`,
            tags: ['operations'],
            summary: draining
              ? 'Asks all importers or notifiers to take no new work; those that start afterwards are not asked'
              : 'Lets them all take work again',
            params: ServiceParams,
            response: { 204: { description: 'they are asked to' } },
          },
        },
        async (request, reply) => {
          await setDraining(deps, actorOf(request), { service: request.params.service }, draining);
          return reply.code(204).send();
        },
      );
    }
  };
}
