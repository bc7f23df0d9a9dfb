import type { Mail, SessionLetter, SessionMailKind } from '@mentorline/store';
import type { MadeMail, MakingDeps } from '../make-mail.ts';

/** What a mail about a session tells; or that it has come too late to be of use. */
export async function makeSessionMail(
  deps: MakingDeps,
  kind: SessionMailKind,
  mail: Mail,
): Promise<MadeMail> {
  const { letterhead, session } = mail;
  if (!session) throw new Error(`Mail ${mail.id} tells of no session`);
  const late = await whyTooLate(deps, kind, mail, session);
  if (late) return { outcome: 'refused', reason: late, code: 'TOO_LATE' };
  const { mailDomain } = deps;
  const unsubscribeUrl = unsubscribeUrlOf(deps, mail.id, session);
  return {
    outcome: 'made',
    tells: { of: 'session', kind, letter: session, letterhead, mailDomain, unsubscribeUrl },
    lighter: null,
  };
}

function unsubscribeUrlOf(
  { publicUrl }: MakingDeps,
  mailId: string,
  { unsubscribeSecret }: SessionLetter,
): string | null {
  if (!unsubscribeSecret) return null;
  return `${publicUrl}/unsubscribe?token=${mailId}.${unsubscribeSecret}`;
}

/**
 * The outbox may have waited for the relay: nobody is told of a session that is over, nor reminded of one that moved, nor
 * told how one was before what they have heard of it since, which a mail may do that the relay puts off. What
 * is for those in it, its link and passcode, goes to nobody who has left it.
 */
async function whyTooLate(
  { store, now }: MakingDeps,
  kind: SessionMailKind,
  { attempts, date, nextAttemptAt }: Mail,
  letter: SessionLetter,
): Promise<string | undefined> {
  const { sessionId, start, end, userId, inside } = letter;
  if (end < now()) return 'the session is over';
  if (kind === 'session-reminder') {
    if (start <= now()) return 'the session has begun';
    const isIn = await store.sessions.isInSession(sessionId, userId, start);
    return isIn ? undefined : 'the session has been moved or cancelled, or the recipient is out of it';
  }
  // It may also have been put back, or be asked for again.
  const hasWaited = attempts > 1 || nextAttemptAt.getTime() !== date.getTime();
  if (hasWaited && (await store.mails.isOvertaken(letter)))
    return 'the recipient has been told since how it is now';
  if (!inside || (await store.sessions.isInSession(sessionId, userId))) return undefined;
  return 'the session has been cancelled, or the recipient is out of it';
}
