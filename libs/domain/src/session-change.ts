import type { CustomValue, DraftField } from './draft.ts';
import type { Meeting, MeetingPlatform, SessionType } from './session.ts';

/** A stored session as the rules see it. */
export interface CurrentSession {
  readonly id: string;
  readonly organisationId: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly type: SessionType;
  /** The gap is that of the mentor's own organisation. */
  readonly mentor: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly slotGapMinutes: number;
  };
  /** Also those whom the directory no longer finds. */
  readonly mentees: readonly CurrentMentee[];
  readonly startMs: number;
  readonly endMs: number;
  /** IANA name; the zone in which people see the session's date and time. */
  readonly timeZone: string;
  /** Option values, here and below. */
  readonly recommendedFor: readonly string[];
  readonly categories: readonly string[];
  readonly medium: readonly string[];
  readonly meeting: Meeting;
  readonly custom: Readonly<Record<string, CustomValue>>;
  readonly cancelled: boolean;
}

export interface CurrentMentee {
  readonly userId: string;
  readonly email: string;
  readonly enrolment: 'invited' | 'self';
}

/** What somebody wants different about a session: read, not yet held against it. An absent field stays as it is. */
export interface SessionChange {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: SessionType | undefined;
  /** Lower-case e-mail address, or user id. */
  readonly mentor?: string | undefined;
  /** The whole new list, references like the mentor's, each once; `[]` clears it. */
  readonly mentees?: readonly string[] | undefined;
  /** Distinct references, those that could not be read included. */
  readonly menteeCount?: number | undefined;
  /** 00:00 UTC of the date that a calendar in the session's zone shows. */
  readonly dayMs?: number | undefined;
  /** Minutes since midnight that a clock in the session's zone shows. */
  readonly clockMinutes?: number | undefined;
  /** IANA name; beside dates and clock times it alone means the same date and clock time in another zone. */
  readonly timeZone?: string | undefined;
  /** In place of dates and clock times, for whoever speaks in moments. */
  readonly moments?: MomentsChange | undefined;
  readonly durationMinutes?: number | undefined;
  /** Labels or values as typed, each once by option key. */
  readonly recommendedFor?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly medium?: readonly string[] | undefined;
  readonly meeting?: MeetingChange | undefined;
  /** By field name; `null` clears. */
  readonly custom?: Readonly<Record<string, CustomValue | null>> | undefined;
  /** The fields of which something could not be read, and an error tells why. */
  readonly unread?: ReadonlySet<DraftField>;
  /** What stood in the cells, trimmed; blank ones are left out. */
  readonly written?: ReadonlyMap<DraftField, string>;
}

/** UTC ms. The start alone moves the session at its length. A zone beside it only says how the times are shown. */
interface MomentsChange {
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
}

/** Texts are trimmed and not read yet: what fits depends on the platform, which may be the stored one. */
export interface MeetingChange {
  readonly platform?: MeetingPlatform | undefined;
  /** `null` clears, here and below. */
  readonly link?: string | null | undefined;
  readonly meetingId?: string | null | undefined;
  readonly passcode?: string | null | undefined;
}
