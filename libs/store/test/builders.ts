import { readHeader, sessionSheet } from '@mentorline/csv';
import { DEFAULT_SETTINGS, type NewSession, SESSION_COLUMNS } from '@mentorline/domain';
import { type AcceptedUpload, newId } from '../src/index.ts';

export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
/** The day that the tests' sessions are on. */
export const DAY_MS = Date.UTC(2031, 5, 1);

/** A slot on that day, in hours from its midnight. */
export function slotAt(fromHour: number, toHour: number): { startMs: number; endMs: number } {
  return { startMs: DAY_MS + fromHour * HOUR_MS, endMs: DAY_MS + toHour * HOUR_MS };
}

export function buildSession(given: Partial<NewSession> = {}): NewSession {
  return {
    organisationId: newId(),
    title: 'Reading circles',
    description: 'How to start one',
    type: 'PUBLIC',
    mentorId: newId(),
    mentees: [],
    ...slotAt(9, 10),
    timeZone: 'Asia/Kolkata',
    recommendedFor: ['teachers'],
    categories: ['communication'],
    medium: ['english'],
    meeting: { platform: 'BBB', link: null, meetingId: null, passcode: null },
    custom: {},
    ...given,
  };
}

export function buildUpload(given: Partial<AcceptedUpload> = {}): AcceptedUpload {
  return {
    organisationId: newId(),
    uploadedBy: { userId: newId(), name: 'Priya Menon', email: 'manager@example.org' },
    kind: 'sessions',
    mode: 'apply',
    fileName: 'sessions.csv',
    fileId: newId(),
    sizeBytes: 1,
    sha256: '00',
    encoding: 'utf-8',
    bom: false,
    delimiter: ',',
    header: readHeader(
      SESSION_COLUMNS.map(({ header }) => header),
      sessionSheet([]),
    ),
    warnings: [],
    settings: DEFAULT_SETTINGS,
    customFields: [],
    ...given,
  };
}
