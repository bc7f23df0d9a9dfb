/** The longest session any organisation may allow, in minutes; bounds how far back a slot look-up must read. */
export const LONGEST_SESSION_MINUTES = 1440;

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
  /** `HH:mm`; where "next free time" is looked for. */
  readonly workingHours: { readonly from: string; readonly to: string };
}

export const DEFAULT_SETTINGS: OrganisationSettings = {
  timeZone: 'Asia/Kolkata',
  enrolmentLimit: 5,
  minDurationMinutes: 30,
  maxDurationMinutes: LONGEST_SESSION_MINUTES,
  slotGapMinutes: 0,
  newOptions: 'create',
  workingHours: { from: '08:00', to: '20:00' },
};

/** A field that an organisation adds to its session form and to the CSV. */
export interface CustomField {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'number' | 'date' | 'boolean';
  readonly required: boolean;
  /** Empty: anything of the type. */
  readonly allowedValues: readonly string[];
}
