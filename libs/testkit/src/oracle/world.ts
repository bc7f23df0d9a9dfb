import type { CustomField, OptionField, OrganisationSettings } from '@mentorline/domain';

/** Cells by column: the short names of `sessionFile`, the labels of custom fields, `Status` of an earlier report. */
export interface OracleRow {
  [column: string]: string;
}

export interface OracleMeeting {
  platform: string;
  link: string | null;
  meetingId: string | null;
  passcode: string | null;
}

export interface OracleSession {
  /** Blank for a session that the file at hand creates: `row` tells it then. */
  id: string;
  row?: number;
  /** Of another organisation that shares the mentor. */
  foreign: boolean;
  cancelled: boolean;
  title: string;
  description: string;
  type: string;
  /** Lower-case e-mail addresses, here and in `mentees`. */
  mentor: string;
  mentees: { email: string; enrolment: string }[];
  /** UTC ms, whole minutes. */
  start: number;
  end: number;
  /** IANA name. */
  zone: string;
  /** Option values. */
  options: Record<OptionField, string[]>;
  meeting: OracleMeeting;
  custom: Record<string, string | number | boolean>;
}

export interface OracleWorld {
  nowMs: number;
  /** By lower-case e-mail address; those who cannot be seen are absent. `gapMinutes`: of the mentor's organisation. */
  people: ReadonlyMap<string, { name: string; mentor: boolean; gapMinutes?: number }>;
  settings?: Partial<OrganisationSettings>;
  options?: readonly { field: OptionField; value: string; label: string }[];
  customFields?: readonly CustomField[];
  /** What was there before the file, of this organisation and of others that share its mentors. */
  sessions?: readonly OracleSession[];
}

export interface OracleResult {
  status: 'Published' | 'Updated' | 'Deleted' | 'Unchanged' | 'Invalid';
  codes: string[];
  /** The whole sentence about a taken slot. */
  slotMessage?: string;
}
