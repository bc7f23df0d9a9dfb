import type { MeetingPlatform } from './session.ts';
import { readZone } from './zone.ts';

/** The longest session any organisation may allow, in minutes; bounds how far back a slot look-up must read. */
export const LONGEST_SESSION_MINUTES = 1440;

/** Fields of a session that an organisation may want filled in, beyond what the rules demand. */
export const REQUIRABLE_FIELDS = ['mentees', 'link', 'passcode'] as const;
export type RequirableField = (typeof REQUIRABLE_FIELDS)[number];

/** On which platforms a meeting can be required to have it: BigBlueButton makes its own, a passcode is of Zoom. */
export const PLATFORMS_WITH: Readonly<Record<'link' | 'passcode', readonly MeetingPlatform[]>> = {
  link: ['GOOGLE_MEET', 'WHATSAPP', 'ZOOM'],
  passcode: ['ZOOM'],
};

/** What an organisation decides for itself. Durations in minutes; `workingHours` in its time zone. */
export interface OrganisationSettings {
  /** IANA name; times are shown to people in this zone. */
  readonly timeZone: string;
  /** Most mentees in one session. */
  readonly enrolmentLimit: number;
  readonly minDurationMinutes: number;
  /** At most {@link LONGEST_SESSION_MINUTES}. */
  readonly maxDurationMinutes: number;
  /** Least free time between two sessions of one of this organisation's mentors; 0 still forbids touching. */
  readonly slotGapMinutes: number;
  /** What becomes of an option value nobody has used before. */
  readonly newOptions: 'create' | 'reject';
  /** `mentees`: of public sessions too. `link`, `passcode`: of meetings on platforms that have one, see {@link PLATFORMS_WITH}. */
  readonly requiredFields: readonly RequirableField[];
  /** `HH:mm`; where "next free time" is looked for. */
  readonly workingHours: { readonly from: string; readonly to: string };
  /** `#rrggbb`; the head of its mails is of this colour. */
  readonly brandColor: string;
}

export const DEFAULT_SETTINGS: OrganisationSettings = {
  timeZone: 'Asia/Kolkata',
  enrolmentLimit: 5,
  minDurationMinutes: 30,
  maxDurationMinutes: LONGEST_SESSION_MINUTES,
  slotGapMinutes: 0,
  newOptions: 'create',
  requiredFields: [],
  workingHours: { from: '08:00', to: '20:00' },
  brandColor: '#1e3a5f',
};

/** What the numbers among the settings may be. */
export const SETTING_BOUNDS = {
  enrolmentLimit: { minimum: 1, maximum: 1000 },
  minDurationMinutes: { minimum: 1, maximum: LONGEST_SESSION_MINUTES },
  maxDurationMinutes: { minimum: 1, maximum: LONGEST_SESSION_MINUTES },
  slotGapMinutes: { minimum: 0, maximum: LONGEST_SESSION_MINUTES },
} as const satisfies Partial<Record<keyof OrganisationSettings, { minimum: number; maximum: number }>>;

export interface SettingFault {
  readonly field: keyof OrganisationSettings;
  readonly message: string;
}

/** What is wrong with settings, each of which has its own form already: the rules that hold between them. */
export function checkSettings({
  timeZone,
  minDurationMinutes,
  maxDurationMinutes,
  workingHours,
}: OrganisationSettings): SettingFault[] {
  const faults: SettingFault[] = [];
  if (readZone(timeZone) === undefined) {
    faults.push({ field: 'timeZone', message: 'must be an IANA name such as Asia/Kolkata' });
  }
  if (minDurationMinutes > maxDurationMinutes) {
    faults.push({ field: 'minDurationMinutes', message: 'must not be more than maxDurationMinutes' });
  }
  if (workingHours.from >= workingHours.to) {
    faults.push({ field: 'workingHours', message: 'must begin before they end' });
  }
  return faults;
}

export const CUSTOM_FIELD_TYPES = ['text', 'number', 'date', 'boolean'] as const;

/** A field that an organisation adds to its session form and to the CSV. */
export interface CustomField {
  readonly name: string;
  readonly label: string;
  readonly type: (typeof CUSTOM_FIELD_TYPES)[number];
  readonly required: boolean;
  /** Empty: anything of the type. */
  readonly allowedValues: readonly string[];
}
