import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { inviteAgain } from '../accounts/invite-user.ts';
import { organisationOf } from '../accounts/organisation-of.ts';
import { actorOf } from '../http/actor.ts';
import { IdParams } from '../http/id-params.ts';
import { utcText } from '../http/utc-text.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

export function invitationRoutes(deps: {
  store: Store;
  now: () => Date;
  mailDomain: string;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/users/:id/invitation',
      {
        onRequest: requireRole('org_admin'),
        config: { problems: ['INVITATION_REFUSED'] },
        schema: {
          operationId: 'inviteAgain',
          tags: ['directory'],
          summary: 'Mails the invitation of a user who has no password yet once more; the link before ends',
          params: IdParams,
          response: {
            202: Type.Object(
              { email: Type.String(), expiresAt: Type.String({ format: 'date-time' }) },
              { title: 'Invitation' },
            ),
          },
        },
      },
      async (request, reply) => {
        const admin = userOf(request);
        const organisation = await organisationOf(deps.store, admin);
        const by = { admin, organisation, actor: actorOf(request) };
        const { email, expiresAt } = await inviteAgain(deps, by, request.params.id);
        return reply.code(202).send({ email, expiresAt: utcText(expiresAt) });
      },
    );
  };
}
