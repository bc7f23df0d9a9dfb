import {
  MEETING_PLATFORMS,
  type Meeting,
  OPTION_FIELDS,
  type OptionField,
  SESSION_STATUSES,
  SESSION_TYPES,
} from '@mentorline/domain';
import { MINUTE_MS } from '@mentorline/runtime';
import type { Session, Store, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';
import { isManager } from './see-sessions.ts';

const NullableText = Type.Union([Type.String(), Type.Null()]);
const Time = Type.String({ format: 'date-time' });
const PersonView = { id: Type.String(), name: Type.String(), email: Type.String() };
const OptionViews = Type.Array(Type.Object({ value: Type.String(), label: Type.String() }));

/** A session as a client sees it. */
export const SessionView = Type.Object(
  {
    id: Type.String(),
    version: Type.Integer(),
    title: Type.String(),
    description: Type.String(),
    type: Type.Enum([...SESSION_TYPES]),
    status: Type.Enum([...SESSION_STATUSES]),
    mentor: Type.Object(PersonView),
    start: Time,
    end: Time,
    durationMinutes: Type.Integer(),
    timeZone: Type.String(),
    seats: Type.Object({ limit: Type.Integer(), taken: Type.Integer() }),
    mentees: Type.Array(Type.Object({ ...PersonView, enrolment: Type.Enum(['invited', 'self']) }), {
      description: 'a mentee sees its own enrolment only',
    }),
    recommendedFor: OptionViews,
    categories: OptionViews,
    medium: OptionViews,
    meeting: Type.Object({
      platform: Type.Enum([...MEETING_PLATFORMS]),
      link: NullableText,
      meetingId: NullableText,
      passcode: Type.Union([Type.String(), Type.Null()], {
        description: 'shown to managers, the mentor and the mentees of the session',
      }),
    }),
    custom: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    image: Type.Union([
      Type.Object({
        url: Type.String({ description: 'of GET, relative to the gateway' }),
        contentType: Type.String(),
        sizeBytes: Type.Integer(),
        width: Type.Integer({ description: 'pixels' }),
        height: Type.Integer(),
      }),
      Type.Null(),
    ]),
    importId: NullableText,
    importRow: Type.Union([Type.Integer(), Type.Null()]),
    createdBy: Type.String(),
    createdAt: Time,
    updatedAt: Time,
  },
  { title: 'Session' },
);
export type SessionView = Static<typeof SessionView>;

/** Sessions as `viewer` may see them: a mentee learns neither who else comes nor, from outside, the passcode. */
export async function presentSessions(
  store: Store,
  viewer: User,
  sessions: readonly Session[],
): Promise<SessionView[]> {
  const organisationIds = [...new Set(sessions.map(({ organisationId }) => organisationId))];
  const [users, labelOf, organisations] = await Promise.all([
    store.users.findUsers(sessions.flatMap(({ mentorId, mentees }) => [mentorId, ...mentees.map(idOf)])),
    store.options.labelsOf(
      sessions.flatMap((session) =>
        OPTION_FIELDS.flatMap((field) =>
          session[field].map((value) => ({ organisationId: session.organisationId, field, value })),
        ),
      ),
    ),
    store.organisations.findOrganisations(organisationIds),
  ]);
  const person = (id: string) => {
    const { name, email } = users.get(id) ?? { name: '', email: '' };
    return { id, name, email };
  };

  return sessions.map((session) => {
    const { organisationId, mentorId, mentees, start, end, meeting } = session;
    const seesAll = mentorId === viewer.id || (isManager(viewer) && organisationId === viewer.organisationId);
    const own = mentees.filter(({ userId }) => userId === viewer.id);
    const options = (field: OptionField) =>
      session[field].map((value) => ({ value, label: labelOf(organisationId, field, value) }));
    return {
      id: session.id,
      version: session.version,
      title: session.title,
      description: session.description,
      type: session.type,
      status: session.status,
      mentor: person(mentorId),
      start: utcText(start),
      end: utcText(end),
      durationMinutes: (end.getTime() - start.getTime()) / MINUTE_MS,
      timeZone: session.timeZone,
      seats: {
        limit: organisations.get(organisationId)?.settings.enrolmentLimit ?? 0,
        taken: mentees.length,
      },
      mentees: (seesAll ? mentees : own).map(({ userId, enrolment }) => ({ ...person(userId), enrolment })),
      recommendedFor: options('recommendedFor'),
      categories: options('categories'),
      medium: options('medium'),
      meeting: seesAll || own.length > 0 ? meeting : withoutPasscode(meeting),
      custom: session.custom,
      image: presentImage(session),
      importId: session.importId,
      importRow: session.importRow,
      createdBy: session.createdBy,
      createdAt: utcText(session.createdAt),
      updatedAt: utcText(session.updatedAt),
    };
  });
}

/** One session as {@link presentSessions} shows it. */
export async function presentSession(store: Store, viewer: User, session: Session): Promise<SessionView> {
  const [view] = await presentSessions(store, viewer, [session]);
  return view!;
}

function presentImage({ id, image }: Session): SessionView['image'] {
  if (!image) return null;
  const { fileId: _, ...facts } = image;
  return { url: `/v1/sessions/${id}/image`, ...facts };
}

function idOf({ userId }: { userId: string }): string {
  return userId;
}

/** A Zoom link may carry the passcode too. */
function withoutPasscode(meeting: Meeting): Meeting {
  if (meeting.link === null) return { ...meeting, passcode: null };
  const link = new URL(meeting.link);
  link.searchParams.delete('pwd');
  return { ...meeting, link: link.href, passcode: null };
}
