import {
  differingFacts,
  type FactName,
  formatDate,
  formatTime,
  type Meeting,
  meetingToCome,
  PLATFORM_NAMES,
  zoneLabel,
} from '@mentorline/domain';
import type { Letterhead, SessionLetter, SessionMailKind } from '@mentorline/store';
import type { Letter, LetterPart } from '../letter.ts';
import { greeting, LONGEST_NAME, momentText, paragraph } from '../letter-parts.ts';
import { organisationLine } from '../letterhead.ts';
import { plainLine } from '../plain-line.ts';
import { writeHtml } from '../write-html.ts';
import { writeText } from '../write-text.ts';
import { wordsOf } from './session-words.ts';

const LONGEST_TITLE = 255;
const LONGEST_TITLE_IN_SUBJECT = 80;
const LONGEST_ABOUT = 600;

export interface SessionSetting {
  readonly letterhead: Letterhead;
  readonly recipientName: string;
  /** Where the recipient ends reminders, in a reminder. */
  readonly unsubscribeUrl: string | null;
}

type Known = NonNullable<NonNullable<SessionLetter['inside']>['before']>;

/** The mail that tells somebody of a session. Equal letters give equal texts, whenever and wherever they are written. */
export function renderSession(
  kind: SessionMailKind,
  letter: SessionLetter,
  { letterhead, recipientName, unsubscribeUrl }: SessionSetting,
): { subject: string; text: string; html: string } {
  const organisation = organisationLine(letterhead);
  const mentorName =
    plainLine(letter.mentor.name, LONGEST_NAME) || plainLine(letter.mentor.address, LONGEST_NAME);
  const start = momentText(letter.start, letter.timeZone);
  const title = plainLine(letter.title, LONGEST_TITLE);
  const { label, tone, heading, sentence } = wordsOf(kind, {
    ...{ title, organisation, mentorName, start, role: letter.role },
  });
  const content: Letter = {
    letterhead,
    heading,
    tone,
    parts: [
      ...greeting(recipientName),
      paragraph(sentence),
      ...(kind === 'session-changed' ? changes(letter) : []),
      facts(letter, mentorName),
      ...insideParts(letter),
      ...(unsubscribeUrl
        ? [{ kind: 'link' as const, label: 'No more reminders of sessions', url: unsubscribeUrl }]
        : []),
    ],
    footer: `You receive this because ${
      letter.role === 'mentor'
        ? 'you are the mentor of this session'
        : 'you have, or had, a seat in this session'
    } of ${organisation}.`,
  };
  return {
    subject: `${label}: ${plainLine(letter.title, LONGEST_TITLE_IN_SUBJECT)}, ${start}`,
    text: writeText(content),
    html: writeHtml(content),
  };
}

function facts(letter: SessionLetter, mentorName: string): LetterPart {
  const { role, inside } = letter;
  return {
    kind: 'facts',
    title: 'The session',
    facts: [
      { name: 'When', value: timeText(letter, letter.timeZone) },
      ...(role === 'mentee' && mentorName ? [{ name: 'Mentor', value: mentorName }] : []),
      ...(inside ? meetingFacts(inside.meeting) : []),
    ],
  };
}

function meetingFacts(meeting: Meeting): { name: string; value: string }[] {
  const { platform, meetingId, passcode } = meeting;
  return [
    {
      name: 'Where',
      value: `${PLATFORM_NAMES[platform]}${meetingToCome(meeting) ? ' (the link comes later)' : ''}`,
    },
    ...(meetingId ? [{ name: 'Meeting id', value: plainLine(meetingId, LONGEST_NAME) }] : []),
    ...(passcode ? [{ name: 'Passcode', value: plainLine(passcode, LONGEST_NAME) }] : []),
  ];
}

function insideParts({ inside }: SessionLetter): LetterPart[] {
  if (!inside) return [];
  const { description, meeting } = inside;
  return [
    ...(meeting.link ? [{ kind: 'action' as const, label: 'Join the session', url: meeting.link }] : []),
    paragraph(plainLine(description, LONGEST_ABOUT)),
  ];
}

/** What the recipient knew, and what it is now. */
function changes({ inside, timeZone, ...now }: SessionLetter): LetterPart[] {
  if (!inside?.before) return [];
  const { before, meeting } = inside;
  const after: Known = { ...now, meeting };
  return [
    {
      kind: 'table',
      title: 'What has changed',
      columns: (['Of the session', 'Before', 'Now'] as const).map((name) => ({ name, type: 'text' })),
      rows: differingFacts(compared(before), compared(after)).map((name) => [
        FACT_NAMES[name],
        factText(name, before, timeZone),
        factText(name, after, timeZone),
      ]),
    },
  ];
}

const FACT_NAMES: Readonly<Record<FactName, string>> = { title: 'Title', time: 'Time', meeting: 'Meeting' };

function factText(name: FactName, known: Known, timeZone: string): string {
  switch (name) {
    case 'title':
      return plainLine(known.title, LONGEST_TITLE);
    case 'time':
      return timeText(known, timeZone);
    case 'meeting':
      return [
        PLATFORM_NAMES[known.meeting.platform],
        ...(known.meeting.link ? [known.meeting.link] : []),
        ...meetingFacts(known.meeting)
          .slice(1)
          .map(({ name: label, value }) => `${label} ${value}`),
      ].join(', ');
  }
}

/** The facts that a mail tells; who is in the session does not matter here. */
function compared({ title, start, end, meeting }: Known): Parameters<typeof differingFacts>[0] {
  const times = { startMs: start.getTime(), endMs: end.getTime() };
  return { title, ...times, meeting, mentorId: '', mentees: [], cancelled: false };
}

/** `15:00 to 16:00 IST on 14-06-2027`; of one that ends on another day with both. */
function timeText({ start, end }: { start: Date; end: Date }, zone: string): string {
  const [from, to] = [start.getTime(), end.getTime()];
  const [day, lastDay] = [formatDate(from, zone), formatDate(to, zone)];
  const [clock, lastClock] = [formatTime(from, zone), formatTime(to, zone)];
  return day === lastDay
    ? `${clock} to ${lastClock} ${zoneLabel(zone)} on ${day}`
    : `${clock} on ${day} to ${lastClock} on ${lastDay}, ${zoneLabel(zone)}`;
}
