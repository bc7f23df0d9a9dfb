import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type CalendarEvent, writeEvent } from '@mentorline/calendar';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { OPENED_IN_BROWSERS } from '../http/csv-file.ts';
import { IdParams } from '../http/id-params.ts';
import { Instant } from '../http/instant.ts';
import { Query } from '../http/paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { MentorSlots, mentorSlots } from '../sessions/mentor-slots.ts';
import { presentSession, type SessionView } from '../sessions/present-session.ts';
import { findSession, scopesOf } from '../sessions/see-sessions.ts';

/** Sessions as calendars show them: one as an event, and all of a mentor as what is busy and free. */
export function calendarRoutes(deps: {
  store: Store;
  now: () => Date;
  mailDomain: string;
}): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.get(
      '/v1/sessions/:id/calendar.ics',
      {
        config: OPENED_IN_BROWSERS,
        schema: {
          operationId: 'getCalendar',
          tags: ['sessions'],
          summary: 'The session as an event for a calendar (RFC 5545), for whoever may see it',
          params: IdParams,
          response: {
            200: { description: 'the event', content: { 'text/calendar': { schema: Type.String() } } },
          },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const session = await findSession(deps, request.params.id, await scopesOf(store, user));
        const { timeZone: zone } = (await organisationOf(store, session)).settings;
        const view = await presentSession(store, user, session);
        return reply
          .type('text/calendar; charset=utf-8')
          .header('content-disposition', attachmentHeader(`session-${session.id}.ics`))
          .send(writeEvent(asEvent(view), { zone, domain: deps.mailDomain }));
      },
    );

    app.get(
      '/v1/mentors/:id/slots',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        schema: {
          operationId: 'getMentorSlots',
          tags: ['sessions'],
          summary: 'When a mentor has sessions, and when in the working hours there could be one',
          params: IdParams,
          querystring: Query({
            from: Type.Optional(Instant('now if left out')),
            to: Type.Optional(Instant('a week later if left out, 62 days at most')),
          }),
          response: { 200: MentorSlots },
        },
      },
      async (request) => {
        const organisation = await organisationOf(store, userOf(request));
        return mentorSlots(deps, organisation, request.params.id, request.query);
      },
    );
  };
}

function asEvent({ start, end, updatedAt, createdAt, status, mentor, ...view }: SessionView): CalendarEvent {
  return {
    ...view,
    cancelled: status === 'CANCELLED',
    start: new Date(start),
    end: new Date(end),
    organizer: mentor,
    stamp: new Date(updatedAt),
    created: new Date(createdAt),
  };
}
