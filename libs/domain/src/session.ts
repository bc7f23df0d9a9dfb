export const ROLES = ['mentee', 'mentor', 'session_manager', 'org_admin', 'operator', 'observer'] as const;
export type Role = (typeof ROLES)[number];
/** Given by whoever runs the deployment, never by a file or an administrator: they see the work of all organisations. */
export const DEPLOYMENT_ROLES: readonly Role[] = ['operator', 'observer'];
/** Those that an organisation gives. */
export const ROLES_GIVEN = ROLES.filter((role) => !DEPLOYMENT_ROLES.includes(role));

export const SESSION_TYPES = ['PUBLIC', 'PRIVATE'] as const;
export type SessionType = (typeof SESSION_TYPES)[number];

export const MEETING_PLATFORMS = ['BBB', 'GOOGLE_MEET', 'WHATSAPP', 'ZOOM'] as const;
export type MeetingPlatform = (typeof MEETING_PLATFORMS)[number];

/** What people call the platforms. */
export const PLATFORM_NAMES: Readonly<Record<MeetingPlatform, string>> = {
  BBB: 'BigBlueButton',
  GOOGLE_MEET: 'Google Meet',
  WHATSAPP: 'WhatsApp',
  ZOOM: 'Zoom',
};

export const OPTION_FIELDS = ['recommendedFor', 'categories', 'medium'] as const;
export type OptionField = (typeof OPTION_FIELDS)[number];

export const SESSION_STATUSES = ['PUBLISHED', 'LIVE', 'COMPLETED', 'CANCELLED'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export interface Meeting {
  readonly platform: MeetingPlatform;
  readonly link: string | null;
  readonly meetingId: string | null;
  readonly passcode: string | null;
}

/** A user as the session rules see one. `id` is 24 hex digits, `email` lower-case. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly organisationId: string;
  /** The slot gap of the person's own organisation: a gap protects the mentor, whoever books. */
  readonly slotGapMinutes: number;
}

/** Users whom the organisation can see (its own and those of its related organisations), active ones only. */
export interface Directory {
  /** `reference`: a user id or a lower-case e-mail address. */
  find(reference: string): Person | undefined;
}

/** The options an organisation has. */
export interface OptionCatalogue {
  /** The value of the option that `text` names by label or value (ignoring case and outer white space). */
  find(field: OptionField, text: string): string | undefined;
  /** Whether the option is offered no longer; sessions that have it keep it. */
  isRetired(field: OptionField, value: string): boolean;
}

/** Status of a session at a moment: nothing flips it, the clock decides (end inclusive, like the slot). */
export function statusAt(
  session: { startMs: number; endMs: number; cancelled: boolean },
  nowMs: number,
): SessionStatus {
  if (session.cancelled) return 'CANCELLED';
  if (nowMs < session.startMs) return 'PUBLISHED';
  return nowMs <= session.endMs ? 'LIVE' : 'COMPLETED';
}

/** A session that passed every rule and is to be stored and published. */
export interface NewSession {
  readonly organisationId: string;
  readonly title: string;
  readonly description: string;
  readonly type: SessionType;
  readonly mentorId: string;
  readonly mentees: readonly { readonly userId: string; readonly enrolment: 'invited' }[];
  readonly startMs: number;
  readonly endMs: number;
  readonly timeZone: string;
  /** Option values, here and below. */
  readonly recommendedFor: readonly string[];
  readonly categories: readonly string[];
  readonly medium: readonly string[];
  readonly meeting: Meeting;
  readonly custom: Readonly<Record<string, string | number | boolean>>;
}
