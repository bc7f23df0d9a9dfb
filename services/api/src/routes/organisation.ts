import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { organisationOf } from '../accounts/organisation-of.ts';
import { actorOf } from '../http/actor.ts';
import { etagOf, IfMatch } from '../http/if-match.ts';
import {
  changeOrganisation,
  OrganisationChangeInput,
  OrganisationView,
  presentOrganisation,
} from '../organisation/change-organisation.ts';
import { describeSessionForm, SessionForm } from '../organisation/session-form.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

export function organisationRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.get(
      '/v1/organisation',
      {
        onRequest: requireRole('org_admin'),
        config: { answerHeaders: ['ETag'] },
        schema: {
          operationId: 'getOrganisation',
          tags: ['organisation'],
          summary: 'The own organisation: its settings and custom fields',
          response: { 200: OrganisationView },
        },
      },
      async (request, reply) => {
        const organisation = await organisationOf(store, userOf(request));
        return reply
          .header('etag', etagOf(organisation))
          .send(await presentOrganisation(store, organisation));
      },
    );

    app.patch(
      '/v1/organisation',
      {
        onRequest: requireRole('org_admin'),
        config: { answerHeaders: ['ETag'] },
        schema: {
          operationId: 'updateOrganisation',
          tags: ['organisation'],
          summary: 'Changes settings and custom fields; what is left out stays as it is',
          headers: IfMatch,
          body: OrganisationChangeInput,
          response: { 200: OrganisationView },
        },
      },
      async (request, reply) => {
        const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
        const organisation = await changeOrganisation(deps, by, request.body);
        return reply
          .header('etag', etagOf(organisation))
          .send(await presentOrganisation(store, organisation));
      },
    );

    app.get(
      '/v1/forms/session',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        schema: {
          operationId: 'getSessionForm',
          tags: ['organisation'],
          summary: 'The fields of a session, as a client shows them to whoever fills them in',
          response: { 200: SessionForm },
        },
      },
      async (request) => describeSessionForm(store, await organisationOf(store, userOf(request))),
    );
  };
}
