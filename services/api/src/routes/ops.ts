import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DEPLOYMENT_ID } from '@mentorline/store';
import { Type } from 'typebox';
import { AuditView, presentEntry } from '../audit/present-entry.ts';
import { IdParams, IdText } from '../http/id-params.ts';
import { Instant } from '../http/instant.ts';
import { cutPage, Page, PageQuery, Query, readCursor } from '../http/paging.ts';
import { DeadLettersView, listDeadLetters } from '../ops/dead-letters.ts';
import { gatherOverview, type LookDeps } from '../ops/gather-overview.ts';
import { OpsImportView, readImportStory } from '../ops/import-story.ts';
import { OverviewView } from '../ops/overview-view.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

const Place = Type.Object({ at: Instant(), id: IdText });

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
          response: { 200: Page(AuditView) },
        },
      },
      async (request) => {
        const { limit = 20, cursor } = request.query;
        const place = readCursor(Place, cursor);
        const { items, total } = await store.audit.listWrites(DEPLOYMENT_ID, {
          ...(place ? { after: { at: new Date(place.at), id: place.id } } : {}),
          limit: limit + 1,
        });
        const { page, nextCursor } = cutPage(items, limit, ({ at, id }) => ({ at, id }));
        return { items: page.map(presentEntry), nextCursor, total };
      },
    );
  };
}

export function isOperator({ roles }: { roles: readonly string[] }): boolean {
  return roles.includes('operator');
}
