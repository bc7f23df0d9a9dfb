import { MAIL_STATES } from '@mentorline/domain';
import { type Mail, SESSION_MAIL_KINDS } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';

/** A mail to somebody in a session, as managers see it. */
export const SessionMailView = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum([...SESSION_MAIL_KINDS]),
    to: Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }),
    version: Type.Integer({ description: 'of the session, that it tells' }),
    status: Type.Enum([...MAIL_STATES], {
      description:
        '`failed`: the relay refused it for good, the address is suppressed, or it came too late to be of use',
    }),
    suppressed: Type.Boolean({
      description: 'it failed untried, as its address is suppressed (`/v1/suppressions`)',
    }),
    attempts: Type.Integer({ minimum: 0 }),
    date: Type.String({ format: 'date-time' }),
    sentAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  },
  { title: 'SessionMail' },
);

export function presentSessionMail({
  id,
  kind,
  to,
  session,
  status,
  suppressed = false,
  attempts,
  date,
  sentAt,
}: Mail): Static<typeof SessionMailView> {
  return {
    id,
    kind: SESSION_MAIL_KINDS.find((known) => known === kind)!,
    to: { id: session!.userId, name: to.name, email: to.address },
    version: session!.version,
    ...{ status, suppressed, attempts },
    date: utcText(date),
    sentAt: sentAt && utcText(sentAt),
  };
}
