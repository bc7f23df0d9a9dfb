import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { organisationOf } from '../accounts/organisation-of.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { CsvFile, OPENED_IN_BROWSERS } from '../http/csv-file.ts';
import { Query } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { exportSessions } from '../sessions/export-sessions.ts';
import { readSessionFilters, SessionFilters } from '../sessions/session-filters.ts';

export function sessionFileRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.addHook('onRequest', requireRole('session_manager', 'org_admin'));

    app.get(
      '/v1/sessions.csv',
      {
        // An answer without a body would be made whole all the same.
        exposeHeadRoute: false,
        config: OPENED_IN_BROWSERS,
        schema: {
          operationId: 'exportSessions',
          tags: ['sessions'],
          summary: "The organisation's sessions as a CSV to be edited and uploaded",
          description:
            'In the columns of the import, each row an `Edit`. Uploaded as it is it changes nothing: what the import ' +
            'would read differently is left blank, and so stays as it is.',
          querystring: Query(SessionFilters),
          response: CsvFile('the sessions'),
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const organisation = await organisationOf(store, user);
        const scopes = [{ kind: 'organisation', organisationId: organisation.id }] as const;
        const filters = await readSessionFilters(store, user, scopes, request.query);
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', attachmentHeader('sessions.csv'))
          .send(Readable.from(exportSessions(deps, organisation, filters), { objectMode: false }));
      },
    );
  };
}
