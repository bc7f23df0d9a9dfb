import type { Meeting } from '@mentorline/domain';
import { NO_ROWS, type SessionLetter, type SessionMailKind } from '@mentorline/store';
import type { ReportFacts } from '../gather-report.ts';
import { type AccountFacts, renderAccountMail } from '../render-account.ts';
import { renderReport } from '../render-report.ts';
import { renderSession } from '../sessions/render-session.ts';

/** A mail as it would be sent, under the name of what it shows. */
export interface SampleMail {
  readonly name: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const LETTERHEAD = { organisationName: 'Sunrise Schools', brandColor: '#0f5132' };
const PUBLIC_URL = 'https://mentoring.example.org';
const RECIPIENT = { name: 'Meera Iyer', address: 'meera.iyer@example.org' };

const MIXED: ReportFacts = {
  importId: '66aa00000000000000000001',
  kind: 'sessions',
  mode: 'apply',
  fileName: 'June sessions.csv',
  undone: null,
  timeZone: 'Asia/Kolkata',
  outcome: 'completed',
  uploadedAt: new Date('2027-06-14T09:30:00Z'),
  finishedAt: new Date('2027-06-14T09:31:00Z'),
  rowsTotal: 1240,
  counts: { ...NO_ROWS, published: 1180, updated: 22, deleted: 3, unchanged: 10, invalid: 25 },
  warnings: ['Unknown column: Remarks; it is not read'],
  failure: null,
  hasReport: true,
  problems: [
    { code: 'USER_NOT_FOUND', column: 'Mentees', rows: 14 },
    { code: 'MENTOR_SLOT_TAKEN', column: 'Time', rows: 8 },
    { code: 'START_IN_PAST', column: 'Date', rows: 3 },
  ],
  invalidRows: [
    { row: 2, name: 'Leading a school', message: 'User not found: nobody@example.org' },
    { row: 87, name: 'पढ़ने के मंडल', message: 'The session would start in the past' },
    {
      row: 1203,
      name: 'حلقات القراءة',
      message: 'User not found: someone.with.a.very.long.address@schools.example.org',
    },
  ],
  leftAlone: [],
};
const NOTHING_TO_CORRECT = { problems: [], invalidRows: [], warnings: [] } as const;

const REPORTS: Record<string, ReportFacts> = {
  'report-some-invalid': MIXED,
  'report-all-well': {
    ...{ ...MIXED, ...NOTHING_TO_CORRECT },
    counts: { ...NO_ROWS, published: 1240 },
  },
  'report-check': { ...MIXED, mode: 'check' },
  'report-cancelled': {
    ...{ ...MIXED, ...NOTHING_TO_CORRECT },
    ...{ outcome: 'cancelled', counts: { ...NO_ROWS, published: 500, unprocessed: 740 } },
  },
  'report-failed': {
    ...{ ...MIXED, ...NOTHING_TO_CORRECT },
    ...{ outcome: 'failed', rowsTotal: null, counts: NO_ROWS, hasReport: false },
    failure: { code: 'QUOTE_BROKEN', message: 'Row 12: a quoted cell is never closed', row: 12 },
  },
  'report-users': {
    ...{ ...MIXED, ...NOTHING_TO_CORRECT },
    ...{ kind: 'users', fileName: 'New mentors.csv', rowsTotal: 41 },
    counts: { ...NO_ROWS, created: 40, invalid: 1 },
    problems: [{ code: 'FIELD_INVALID', column: 'Email', rows: 1 }],
    invalidRows: [{ row: 9, name: 'ravi@', message: 'Invalid e-mail address: ravi@' }],
  },
  'report-undo': {
    ...{ ...MIXED, ...NOTHING_TO_CORRECT },
    ...{ kind: 'undo', fileName: 'Undo of June sessions.csv', rowsTotal: 1205 },
    undone: { importId: '66aa00000000000000000002', fileName: 'June sessions.csv', hasReport: true },
    counts: { ...NO_ROWS, deleted: 1180, unchanged: 25 },
    leftAlone: [{ reason: 'Edits are not undone', rows: 25 }],
  },
};

const ACCOUNTS: Record<string, AccountFacts> = {
  invitation: {
    ...{ kind: 'invitation', token: 'c2FtcGxlLXRva2Vu', expiresAt: new Date('2027-06-21T09:30:00Z') },
    ...{ timeZone: 'Asia/Kolkata', invitedBy: 'Sanjay Gupta' },
  },
  'password-reset': {
    ...{ kind: 'password-reset', token: 'c2FtcGxlLXRva2Vu', expiresAt: new Date('2027-06-14T10:30:00Z') },
    ...{ timeZone: 'Asia/Kolkata', invitedBy: null },
  },
};

const MEETING: Meeting = {
  ...{ platform: 'ZOOM', link: 'https://zoom.us/j/84839928742', meetingId: '84839928742', passcode: 'u7Kq2' },
};

const START = new Date('2027-06-14T09:30:00Z');
const SESSION: SessionLetter = {
  ...{
    sessionId: '66aa00000000000000000003',
    version: 1,
    userId: '66aa00000000000000000004',
    role: 'mentee',
  },
  ...{ timeZone: 'Asia/Kolkata', reminderMinutes: null },
  ...{ title: 'Leading a school', mentor: { name: 'Asha Rao', address: 'asha.rao@example.org' } },
  ...{ start: START, end: new Date('2027-06-14T10:30:00Z') },
  inside: {
    description: 'How a head plans the week after the holidays, and whom to ask for help with it.',
    ...{ meeting: MEETING, before: null },
  },
};
const OUT: SessionLetter = { ...SESSION, version: 3 };
delete OUT.inside;

const SESSIONS: Record<SessionMailKind, SessionLetter> = {
  'session-assigned': { ...SESSION, role: 'mentor' },
  'session-invited': SESSION,
  'session-enrolled': SESSION,
  'session-changed': {
    ...{ ...SESSION, version: 2 },
    inside: {
      ...SESSION.inside!,
      before: {
        ...{ title: 'Leading a school', meeting: MEETING },
        ...{ start: new Date('2027-06-13T09:30:00Z'), end: new Date('2027-06-13T10:30:00Z') },
      },
    },
  },
  'session-cancelled': OUT,
  'session-removed': OUT,
  'session-reminder': { ...SESSION, reminderMinutes: 60 },
};

/** One of each kind of mail, in the order in which they are shown. */
export function sampleMails(): SampleMail[] {
  const reports = Object.entries(REPORTS).map(([name, facts]) => ({
    name,
    ...renderReport(facts, {
      ...{ letterhead: LETTERHEAD, recipientName: RECIPIENT.name, importsUrl: `${PUBLIC_URL}/v1/imports` },
      attachmentName: facts.hasReport ? 'June-sessions-report.csv' : null,
    }),
  }));
  const accounts = Object.entries(ACCOUNTS).map(([name, facts]) => ({
    name,
    ...renderAccountMail(facts, { letterhead: LETTERHEAD, recipient: RECIPIENT, publicUrl: PUBLIC_URL }),
  }));
  const sessions = Object.entries(SESSIONS).map(([name, letter]) => ({
    name,
    ...renderSession(name as SessionMailKind, letter, {
      ...{ letterhead: LETTERHEAD, recipientName: letter.role === 'mentor' ? 'Asha Rao' : RECIPIENT.name },
      unsubscribeUrl: name === 'session-reminder' ? `${PUBLIC_URL}/unsubscribe?token=c2FtcGxl` : null,
    }),
  }));
  return [...reports, ...sessions, ...accounts];
}
