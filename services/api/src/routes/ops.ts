import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DEPLOYMENT_ID } from '@mentorline/store';
import { Type } from 'typebox';
import { AuditPage, listEntries } from '../audit/list-entries.ts';
import { IdParams } from '../http/id-params.ts';
import { PageQuery, Query } from '../http/paging.ts';
import { DeadLettersView, listDeadLetters } from '../ops/dead-letters.ts';
import { gatherOverview, type LookDeps } from '../ops/gather-overview.ts';
import { OpsImportView, readImportStory } from '../ops/import-story.ts';
import { OverviewView } from '../ops/overview-view.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

/** What operators and observers see. */
export function opsRoutes(deps: LookDeps): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.addHook('onRequest', requireRole('operator', 'observer'));

    app.get(
      '/v1/ops/overview',
      {
        schema: {
          operationId: 'getOverview',
          tags: ['operations'],
          summary: 'Services, queues, imports, mails and servers at a glance; first what needs attention',
          response: { 200: OverviewView },
        },
      },
      () => gatherOverview(deps),
    );

    app.get(
      '/v1/ops/imports/:id',
      {
        schema: {
          operationId: 'getImportStory',
          tags: ['operations'],
          summary: 'Everything that happened to one import, across services, and nothing of what is in it',
          params: IdParams,
          response: { 200: OpsImportView },
        },
      },
      (request) => readImportStory(deps, request.params.id, { isOperator: isOperator(userOf(request)) }),
    );

    app.get(
      '/v1/ops/dead-letters',
      {
        schema: {
          operationId: 'listDeadLetters',
          tags: ['operations'],
          summary: 'Imports and mails that were given up, with the reason and the way back; the last first',
          querystring: Query({
            ...PageQuery,
            limit: Type.Optional(
              Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'the most of each kind' }),
            ),
            fault: Type.Optional(
              Type.Enum(['ours'], { description: '`ours`: no imports whose file was at fault' }),
            ),
            dismissed: Type.Optional(
              Type.Boolean({
                default: false,
                description: 'those that were put aside, instead of all others',
              }),
            ),
          }),
          response: { 200: DeadLettersView },
        },
      },
      (request) => {
        const { limit = 20, cursor, fault, dismissed = false } = request.query;
        const query = { limit, cursor, ours: fault === 'ours', dismissed };
        return listDeadLetters(store, query, isOperator(userOf(request)));
      },
    );

    app.get(
      '/v1/ops/audit',
      {
        schema: {
          operationId: 'listOperatorActs',
          tags: ['operations'],
          summary: 'What operators have done, newest first',
          querystring: Query(PageQuery),
          response: { 200: AuditPage },
        },
      },
      async (request) => listEntries(store, DEPLOYMENT_ID, request.query),
    );
  };
}

export function isOperator({ roles }: { roles: readonly string[] }): boolean {
  return roles.includes('operator');
}
