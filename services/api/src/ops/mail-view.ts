import { MAIL_STATES } from '@mentorline/domain';
import type { MailLook } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';

const Text = Type.Union([Type.String(), Type.Null()]);

/** A mail as operators see it. */
export const OpsMailView = Type.Object(
  {
    id: Type.String(),
    kind: Type.String(),
    organisationId: Type.String(),
    importId: Text,
    sessionId: Text,
    status: Type.Enum([...MAIL_STATES]),
    to: Type.String({ description: 'without the part before the @ for observers' }),
    messageId: Type.String(),
    attempts: Type.Integer(),
    date: Type.String({ format: 'date-time' }),
    nextAttemptAt: Type.String({ format: 'date-time' }),
    sentAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    lastError: Text,
    tries: Type.Array(
      Type.Object({
        at: Type.String({ format: 'date-time' }),
        status: Type.Enum([...MAIL_STATES]),
        answer: Type.Union([Type.String(), Type.Null()], {
          description: 'what the relay or the network said',
        }),
      }),
      { description: 'the last attempts that came to an end, oldest first' },
    ),
  },
  { title: 'OpsMail' },
);
export type OpsMailView = Static<typeof OpsMailView>;

export function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>"(),:;]+@/gu, '…@');
}

/** @param isOperator who is none sees nobody's address */
export function presentMail(mail: MailLook, isOperator: boolean): OpsMailView {
  const shown = (text: string): string => (isOperator ? text : withoutAddresses(text));
  const { id, kind, organisationId, importId, sessionId, status, address, messageId, attempts } = mail;
  return {
    ...{ id, kind, organisationId, importId, sessionId, status, messageId, attempts },
    to: shown(address),
    date: utcText(mail.date),
    nextAttemptAt: utcText(mail.nextAttemptAt),
    sentAt: mail.sentAt && utcText(mail.sentAt),
    lastError: mail.lastError === null ? null : shown(mail.lastError),
    tries: mail.tries.map(({ at, status: outcome, answer }) => ({
      at: utcText(at),
      status: outcome,
      answer: answer === null ? null : shown(answer),
    })),
  };
}
