import type { SessionLetter, SessionMailKind } from '@mentorline/store';
import type { Letter } from '../letter.ts';

/** What a session mail says in its own words; every name and title in it is one plain line. */
export interface SessionWords {
  /** Before the title of the session in the subject. */
  readonly label: string;
  readonly tone: Letter['tone'];
  readonly heading: string;
  readonly sentence: string;
}

interface Named extends Pick<SessionLetter, 'role'> {
  readonly title: string;
  readonly mentorName: string;
  readonly organisation: string;
  /** `15:00 IST on 14-06-2027` */
  readonly start: string;
}

const WORDS: Readonly<Record<SessionMailKind, (named: Named) => SessionWords>> = {
  'session-assigned': ({ title, organisation }) => ({
    label: 'New session',
    tone: 'good',
    heading: `You are the mentor of “${title}”`,
    sentence: `${organisation} has planned a session with you as its mentor.`,
  }),
  'session-invited': ({ title, organisation, mentorName }) => ({
    label: 'Invitation',
    tone: 'good',
    heading: `You are invited to “${title}”`,
    sentence: `${organisation} has given you a seat in a session with ${mentorName}.`,
  }),
  'session-enrolled': ({ title, mentorName }) => ({
    label: 'Your seat',
    tone: 'good',
    heading: `You have a seat in “${title}”`,
    sentence: `You are enrolled in a session with ${mentorName}.`,
  }),
  'session-changed': ({ title }) => ({
    label: 'Changed',
    tone: 'mixed',
    heading: `“${title}” has changed`,
    sentence: 'What is different now, and how the session stands:',
  }),
  'session-cancelled': ({ title, organisation, role }) => ({
    label: 'Cancelled',
    tone: 'bad',
    heading: `“${title}” is cancelled`,
    sentence:
      role === 'mentor'
        ? `${organisation} has cancelled this session. The time is free again.`
        : `${organisation} has cancelled this session. You need not do anything.`,
  }),
  'session-removed': ({ title }) => ({
    label: 'No seat any more',
    tone: 'bad',
    heading: `You no longer have a seat in “${title}”`,
    sentence: 'Your seat in this session was given up. If that surprises you, ask your organisation.',
  }),
  'session-reminder': ({ title, start }) => ({
    label: 'Reminder',
    tone: 'good',
    heading: `“${title}” begins at ${start}`,
    sentence: 'A reminder of your session.',
  }),
};

export function wordsOf(kind: SessionMailKind, named: Named): SessionWords {
  return WORDS[kind](named);
}
