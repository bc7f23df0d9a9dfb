import {
  type CustomField,
  SESSION_COLUMNS,
  type SessionColumn,
  USER_COLUMNS,
  type UserColumn,
} from '@mentorline/domain';
import { BYTE_ORDER_MARK, writeRecords } from './write-records.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const IST_OFFSET_MS = 5.5 * 60 * 60 * 1000;

const SESSIONS: readonly Partial<Record<SessionColumn, string>>[] = [
  {
    action: 'Create',
    title: 'Leading a school through change',
    description: 'How heads plan a year of change with their staff',
    type: 'Public',
    mentor: 'asha.rao@example.org',
    timeZone: 'IST',
    time: '15:00 Hrs',
    duration: '60',
    recommendedFor: 'Teachers, Block education officer',
    categories: 'Communication, Life skills',
    medium: 'English, हिन्दी',
    platform: 'BigBlueButton',
  },
  {
    action: 'Create',
    title: 'One to one',
    description: 'A private talk; the mentees are invited',
    type: 'Private',
    mentor: 'vikram.shah@example.org',
    mentees: 'meera.iyer@example.org, arjun.nair@example.org',
    timeZone: 'IST',
    time: '17:00 Hrs',
    duration: '30',
    recommendedFor: 'Teachers',
    categories: 'Educational leadership',
    medium: 'English',
    platform: 'Google Meet',
    link: 'https://meet.google.com/abc-defg-hij',
  },
  {
    action: 'Create',
    title: 'Reading circles',
    description: 'How to start a reading circle in your district',
    type: 'Public',
    mentor: 'vikram.shah@example.org',
    timeZone: 'UTC',
    time: '09:30 Hrs',
    duration: '45',
    recommendedFor: 'Teachers',
    categories: 'Communication',
    medium: 'English',
    platform: 'Zoom',
    link: 'https://zoom.us/j/84839928742',
    passcode: '123456',
  },
];

const USERS: readonly Record<UserColumn, string>[] = [
  {
    name: 'Asha Rao',
    email: 'asha.rao@example.org',
    roles: 'Mentor',
    designation: 'Head teacher',
  },
  {
    name: 'Meera Iyer',
    email: 'meera.iyer@example.org',
    roles: 'Mentee',
    designation: '',
  },
  {
    name: 'Vikram Shah',
    email: 'vikram.shah@example.org',
    roles: 'Mentor, Session Manager',
    designation: 'Block education officer',
  },
];

/**
 * The sample of a session file: the header with the organisation's custom columns, and example rows on the days from
 * `firstDayMs` (an instant; its day in India) on.
 */
export function sessionSample(customFields: readonly CustomField[], firstDayMs: number): Buffer {
  const header = [
    ...SESSION_COLUMNS.map((column) => column.header),
    ...customFields.map((field) => field.label),
  ];
  const rows = SESSIONS.map((example, index) => {
    const date = writtenDate(firstDayMs + index * DAY_MS);
    return [
      ...SESSION_COLUMNS.map(({ key }) => (key === 'date' ? date : (example[key] ?? ''))),
      ...customFields.map((field) => customExample(field, date)),
    ];
  });
  return writeSample(header, rows);
}

export function userSample(): Buffer {
  return writeSample(
    USER_COLUMNS.map(({ header }) => header),
    USERS.map((example) => USER_COLUMNS.map(({ key }) => example[key])),
  );
}

function writeSample(header: readonly string[], rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from(BYTE_ORDER_MARK + writeRecords([header, ...rows]));
}

function customExample({ allowedValues: [allowed], type }: CustomField, date: string): string {
  if (allowed !== undefined) return allowed;
  return { text: 'Any text', number: '1', date, boolean: 'Yes' }[type];
}

/** `DD-MM-YYYY` */
function writtenDate(instantMs: number): string {
  const isoDay = new Date(instantMs + IST_OFFSET_MS).toISOString().slice(0, 10);
  return isoDay.split('-').reverse().join('-');
}
