import {
  type CustomField,
  type CustomValue,
  type DraftField,
  type FieldNames,
  MEETING_PLATFORMS,
  MOST_ERRORS_OF_A_LIST,
  OPTION_FIELDS,
  type OrganisationSettings,
  type PartialDraft,
  type Reading,
  type RowError,
  readAs,
  readCustom,
  readDescription,
  readMeeting,
  readMentees,
  readMentor,
  readOptions,
  readTitle,
  readType,
  readZone,
  rowError,
  SESSION_TYPES,
  trimmed,
} from '@mentorline/domain';
import { MINUTE_MS } from '@mentorline/runtime';
import { type Static, Type } from 'typebox';
import { readInstant } from '../http/instant.ts';

const Text = (description: string) => Type.String({ description });
const OptionalText = (description: string) =>
  Type.Optional(Type.Union([Type.String(), Type.Null()], { description }));
const Options = Type.Array(Type.String(), {
  description: 'labels or values; one that nobody has used yet becomes a new option',
});

/** Where a session meets, as a client asks for it. */
export const MeetingInput = Type.Object(
  {
    platform: Type.Optional(Type.Enum([...MEETING_PLATFORMS])),
    link: OptionalText('https; none for BBB; may come later for the others'),
    meetingId: OptionalText('read from a Zoom link where left out'),
    passcode: OptionalText('read from a Zoom link where left out'),
  },
  { title: 'MeetingInput', additionalProperties: false },
);
export type MeetingInput = Static<typeof MeetingInput>;

/** A session as a client asks for it. */
export const SessionInput = Type.Object(
  {
    title: Text('1 to 255 characters'),
    description: Text('1 to 5,000 characters'),
    type: Type.Enum([...SESSION_TYPES]),
    mentor: Text('user id or e-mail address'),
    mentees: Type.Optional(
      Type.Array(Type.String(), { description: 'user ids or e-mail addresses; PRIVATE needs at least one' }),
    ),
    start: Type.String({ format: 'date-time', description: 'RFC 3339, whole minutes' }),
    end: Type.Optional(
      Type.String({ format: 'date-time', description: 'this or durationMinutes; if both, they must agree' }),
    ),
    durationMinutes: Type.Optional(Type.Integer()),
    timeZone: Type.Optional(Text('IANA name; the zone of the organisation if left out')),
    recommendedFor: Options,
    categories: Options,
    medium: Options,
    meeting: Type.Optional(MeetingInput),
    custom: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
        description: 'values of the custom fields of the organisation, by name',
      }),
    ),
  },
  { title: 'SessionInput', additionalProperties: false },
);
/** Fields may be missing still: the session rules tell it, together with everything else. */
export type SessionInput = Partial<Static<typeof SessionInput>>;

/** A session that may not be complete yet. */
export const SessionDraft = Type.Partial(SessionInput, {
  title: 'SessionDraft',
  additionalProperties: false,
});

/** What is to be different about a session; what is left out stays as it is. */
export const SessionEdit = Type.Partial(SessionInput, { title: 'SessionEdit', additionalProperties: false });
export type SessionEdit = Static<typeof SessionEdit>;

/** Where a fault of each field is shown to a client. Date, time and duration are two fields in a sheet's way. */
export function places(input: SessionEdit): FieldNames {
  return {
    ...(Object.fromEntries(OPTION_FIELDS.map((field) => [field, field])) as Pick<
      FieldNames,
      (typeof OPTION_FIELDS)[number]
    >),
    row: '',
    action: '',
    id: 'id',
    title: 'title',
    description: 'description',
    type: 'type',
    mentor: 'mentor',
    mentees: 'mentees',
    date: 'start',
    time: 'start',
    timeZone: 'timeZone',
    duration: input.durationMinutes === undefined ? 'end' : 'durationMinutes',
    platform: 'meeting.platform',
    link: 'meeting.link',
    meetingId: 'meeting.meetingId',
    passcode: 'meeting.passcode',
  };
}

export interface ReadSession {
  draft: PartialDraft;
  errors: RowError[];
  names: FieldNames;
}

/** What a request says by itself, with all its errors; blank and missing fields are the same. */
export function readSessionInput(
  input: SessionInput,
  organisation: { settings: OrganisationSettings; customFields: readonly CustomField[] },
): ReadSession {
  const names = places(input);
  const errors: RowError[] = [];
  const reading: Reading = { names, errors, idsAllowed: true };
  const { startMs, endMs } = readTimes(input, reading);
  const { meeting, errors: meetingErrors } = readMeeting(meetingTexts(input.meeting ?? {}), names);
  errors.push(...meetingErrors);
  const draft: PartialDraft = {
    title: readTitle(trimmed(input.title ?? ''), reading),
    description: readDescription(trimmed(input.description ?? ''), reading),
    type: readType(input.type ?? '', reading),
    mentor: readMentor(trimmed(input.mentor ?? ''), reading),
    mentees: readMentees((input.mentees ?? []).map(trimmed), reading).mentees,
    startMs,
    endMs,
    timeZone: readAs(
      'timeZone',
      trimmed(input.timeZone ?? organisation.settings.timeZone),
      readZone,
      'an IANA name such as Asia/Kolkata',
      reading,
    ),
    recommendedFor: readOptions('recommendedFor', filled(input.recommendedFor), reading),
    categories: readOptions('categories', filled(input.categories), reading),
    medium: readOptions('medium', filled(input.medium), reading),
    meeting,
    custom: readCustomInput(input.custom ?? {}, organisation.customFields, errors),
  };
  return { draft, errors, names };
}

/** The texts of a whole meeting; what is missing is blank. */
export function meetingTexts({ platform, link, meetingId, passcode }: MeetingInput) {
  return {
    platform: platform ?? '',
    link: trimmed(link ?? ''),
    meetingId: trimmed(meetingId ?? ''),
    passcode: trimmed(passcode ?? ''),
  };
}

function readTimes(
  input: SessionInput,
  reading: Reading,
): { startMs: number | undefined; endMs: number | undefined } {
  const startMs = readAs('date', input.start ?? '', readInstant, 'RFC 3339', reading);
  const { end, durationMinutes } = input;
  if (durationMinutes === undefined) {
    const endMs = readAs('duration', end ?? '', readInstant, 'RFC 3339', reading);
    return { startMs, endMs };
  }
  if (startMs === undefined) return { startMs, endMs: undefined };
  const endMs = startMs + durationMinutes * MINUTE_MS;
  if (end !== undefined && readInstant(end) !== endMs) {
    const text = String(durationMinutes);
    reading.errors.push(
      rowError('FIELD_INVALID', 'duration', text, reading.names.duration, 'does not fit end'),
    );
  }
  return { startMs, endMs };
}

/** Without blank ones. */
export function filled(values: readonly string[] | undefined): string[] {
  return (values ?? []).map(trimmed).filter((value) => value !== '');
}

function readCustomInput(
  input: Readonly<Record<string, CustomValue | null>>,
  fields: readonly CustomField[],
  errors: RowError[],
): Record<string, CustomValue> {
  refuseUnknown(input, fields, errors);
  const texts = Object.entries(input).map(([name, value]): [string, string] => [name, String(value ?? '')]);
  return readCustom(fields, new Map(texts), errors);
}

/** @param errors takes the fields that the organisation has not */
export function refuseUnknown(
  input: Readonly<Record<string, CustomValue | null>>,
  fields: readonly CustomField[],
  errors: RowError[],
): void {
  const known = new Set(fields.map(({ name }) => name));
  const unknown = Object.entries(input).filter(([name]) => !known.has(name));
  for (const [name, value] of unknown.slice(0, MOST_ERRORS_OF_A_LIST)) {
    errors.push(
      rowError('FIELD_INVALID', `custom.${name}`, String(value), name, 'the organisation has no such field'),
    );
  }
}

/** RFC 6901 pointer to the field of the request that a fault is about. */
export function pointerTo(field: DraftField, names: FieldNames): string {
  if (!field.startsWith('custom.')) return `/${names[field as keyof FieldNames].replace('.', '/')}`;
  return `/custom/${field.slice('custom.'.length).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
