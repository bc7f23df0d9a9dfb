import {
  type CustomField,
  LONGEST_CUSTOM_TEXT,
  LONGEST_DESCRIPTION,
  LONGEST_LINK,
  LONGEST_OPTION,
  LONGEST_PASSCODE,
  LONGEST_TITLE,
  MEETING_PLATFORMS,
  MOST_OPTIONS,
  type OptionField,
  type OrganisationSettings,
  PLATFORM_NAMES,
  PLATFORMS_WITH,
  platformHosts,
  SESSION_COLUMNS,
  SESSION_TYPES,
  type SessionColumn,
} from '@mentorline/domain';
import type { Organisation, Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { MOST_PIXELS } from '../sessions/read-image.ts';
import { IMAGE_EXTENSIONS, MOST_IMAGE_BYTES } from '../sessions/session-image.ts';
import { OPTION_LISTS } from './options.ts';

const FIELD_KINDS = [
  'image',
  'text',
  'longText',
  'choice',
  'person',
  'people',
  'dateTime',
  'timeZone',
  'number',
  'options',
  'link',
  'date',
  'boolean',
] as const;

const FormField = Type.Object(
  {
    pointer: Type.String({
      description: 'where it stands in the body of a session, and in its errors (RFC 6901)',
    }),
    label: Type.String(),
    kind: Type.Enum([...FIELD_KINDS]),
    required: Type.Boolean(),
    requiredForTypes: Type.Optional(
      Type.Array(Type.Enum([...SESSION_TYPES]), { description: 'of a field that only these types need' }),
    ),
    requiredForPlatforms: Type.Optional(
      Type.Array(Type.Enum([...MEETING_PLATFORMS]), { description: 'on which the organisation requires it' }),
    ),
    notForPlatforms: Type.Optional(
      Type.Array(Type.Enum([...MEETING_PLATFORMS]), { description: 'with which it stays empty' }),
    ),
    changeable: Type.Boolean({ description: 'whether it can be changed after publishing' }),
    column: Type.Union([Type.String(), Type.Null()], { description: 'of the CSV' }),
    maxLength: Type.Optional(Type.Integer({ description: 'characters; of options those of each' })),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
    maxItems: Type.Optional(Type.Integer()),
    sentTo: Type.Optional(
      Type.String({
        description: 'address of its own: it is sent there, as a form, once the session is made',
      }),
    ),
    contentTypes: Type.Optional(Type.Array(Type.String(), { description: 'of a file' })),
    maxBytes: Type.Optional(Type.Integer({ description: 'of a file' })),
    maxPixels: Type.Optional(Type.Integer({ description: 'width times height' })),
    default: Type.Optional(Type.String()),
    choices: Type.Optional(
      Type.Array(
        Type.Object({
          value: Type.String(),
          label: Type.String(),
          hosts: Type.Optional(
            Type.Array(Type.String(), { description: 'where links of the platform lead' }),
          ),
        }),
      ),
    ),
    choicesFrom: Type.Optional(Type.String({ description: 'address of the list to choose from' })),
    newChoices: Type.Optional(
      Type.Boolean({ description: 'whether others than those of the list may be given' }),
    ),
  },
  { title: 'FormField' },
);
type FormField = Static<typeof FormField>;

/** What a client needs to show the form of an organisation's sessions. */
export const SessionForm = Type.Object(
  {
    timeZone: Type.String({ description: 'in which times are shown to people' }),
    seats: Type.Object({ limit: Type.Integer() }),
    slotGapMinutes: Type.Integer(),
    workingHours: Type.Object({ from: Type.String(), to: Type.String() }),
    fields: Type.Array(FormField, { description: 'in the order of the form' }),
    organisations: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
      description:
        'whose people can be picked: the own, then related ones; what `organisation` of `/v1/users` takes',
    }),
  },
  { title: 'SessionForm' },
);

type Given = Omit<FormField, 'required' | 'changeable' | 'column'> & Partial<FormField>;

/** What the form shows for a column of the CSV; date and time are one field here, and action and id none. */
const FIELDS: Readonly<Record<SessionColumn, (organisation: Organisation) => readonly Given[]>> = {
  action: () => [],
  id: () => [],
  title: () => [{ pointer: '/title', label: 'Title', kind: 'text', maxLength: LONGEST_TITLE }],
  description: () => [
    { pointer: '/description', label: 'Description', kind: 'longText', maxLength: LONGEST_DESCRIPTION },
  ],
  type: () => [
    {
      ...{ pointer: '/type', label: 'Type', kind: 'choice', changeable: false },
      choices: SESSION_TYPES.map((value) => ({ value, label: value === 'PUBLIC' ? 'Public' : 'Private' })),
    },
  ],
  mentor: () => [
    {
      ...{ pointer: '/mentor', label: 'Mentor', kind: 'person', changeable: false },
      choicesFrom: '/v1/users?role=mentor',
    },
  ],
  mentees: ({ settings }) => [
    {
      ...{ pointer: '/mentees', label: 'Mentees', kind: 'people', requiredForTypes: ['PRIVATE'] },
      ...{ maxItems: settings.enrolmentLimit, choicesFrom: '/v1/users?role=mentee' },
      required: settings.requiredFields.includes('mentees'),
    },
  ],
  date: () => [{ pointer: '/start', label: 'Start', kind: 'dateTime' }],
  timeZone: ({ settings }) => [
    {
      ...{ pointer: '/timeZone', label: 'Time zone', kind: 'timeZone', required: false },
      default: settings.timeZone,
    },
  ],
  time: () => [],
  duration: ({ settings: { minDurationMinutes, maxDurationMinutes } }) => [
    {
      ...{ pointer: '/durationMinutes', label: 'Duration in minutes', kind: 'number' },
      ...{ minimum: minDurationMinutes, maximum: maxDurationMinutes },
    },
  ],
  recommendedFor: (organisation) => [optionField('recommendedFor', 'Recommended for', organisation)],
  categories: (organisation) => [optionField('categories', 'Categories', organisation)],
  medium: (organisation) => [optionField('medium', 'Medium', organisation)],
  platform: () => [
    {
      ...{ pointer: '/meeting/platform', label: 'Meeting platform', kind: 'choice', default: 'BBB' },
      choices: MEETING_PLATFORMS.map((value) => {
        const hosts = platformHosts(value);
        return { value, label: PLATFORM_NAMES[value], ...(hosts.length > 0 ? { hosts: [...hosts] } : {}) };
      }),
    },
  ],
  link: ({ settings }) => [
    {
      ...{ pointer: '/meeting/link', label: 'Meeting link', kind: 'link', maxLength: LONGEST_LINK },
      ...{ notForPlatforms: ['BBB'], ...requiredOfMeeting('link', settings) },
    },
    {
      ...{ pointer: '/meeting/meetingId', label: 'Meeting id', kind: 'text', maxLength: LONGEST_PASSCODE },
      ...{ notForPlatforms: ['BBB'], column: null },
    },
  ],
  passcode: ({ settings }) => [
    {
      ...{ pointer: '/meeting/passcode', label: 'Meeting passcode', kind: 'text' },
      ...{ maxLength: LONGEST_PASSCODE, notForPlatforms: ['BBB'] },
      ...requiredOfMeeting('passcode', settings),
    },
  ],
};

function requiredOfMeeting(
  field: 'link' | 'passcode',
  { requiredFields }: OrganisationSettings,
): Partial<FormField> {
  return requiredFields.includes(field) ? { requiredForPlatforms: [...PLATFORMS_WITH[field]] } : {};
}

function optionField(field: OptionField, label: string, { settings }: Organisation): Given {
  const [list] = Object.entries(OPTION_LISTS).find(([, known]) => known === field)!;
  return {
    ...{ pointer: `/${field}`, label, kind: 'options', maxLength: LONGEST_OPTION, maxItems: MOST_OPTIONS },
    ...{ choicesFrom: `/v1/options/${list}`, newChoices: settings.newOptions === 'create' },
  };
}

function customField({ name, label, type, required, allowedValues }: CustomField): FormField {
  const kind = allowedValues.length > 0 ? 'choice' : type;
  return {
    ...{ pointer: `/custom/${name}`, label, kind, required, changeable: true, column: label },
    ...(kind === 'text' ? { maxLength: LONGEST_CUSTOM_TEXT } : {}),
    ...(kind === 'choice' ? { choices: allowedValues.map((value) => ({ value, label: value })) } : {}),
  };
}

const IMAGE: FormField = {
  ...{ pointer: '/image', label: 'Image', kind: 'image', required: false, changeable: true, column: null },
  ...{ sentTo: '/v1/sessions/{id}/image', contentTypes: Object.keys(IMAGE_EXTENSIONS) },
  ...{ maxBytes: MOST_IMAGE_BYTES, maxPixels: MOST_PIXELS },
};

/** From the columns of the CSV, the limits of the rules and the settings: what these say, the form says. */
export async function describeSessionForm(
  { organisations }: Pick<Store, 'organisations'>,
  organisation: Organisation,
): Promise<Static<typeof SessionForm>> {
  const { id: ownId, name: ownName, settings, customFields, relatedOrganisations } = organisation;
  const related = await organisations.namesOf(relatedOrganisations);
  const fields = SESSION_COLUMNS.flatMap(({ key, header, mandatory }) =>
    FIELDS[key](organisation).map(
      (field): FormField => ({ required: mandatory, changeable: true, column: header, ...field }),
    ),
  );
  return {
    timeZone: settings.timeZone,
    seats: { limit: settings.enrolmentLimit },
    slotGapMinutes: settings.slotGapMinutes,
    workingHours: settings.workingHours,
    fields: [IMAGE, ...fields, ...customFields.map(customField)],
    organisations: [{ id: ownId, name: ownName }, ...Array.from(related, ([id, name]) => ({ id, name }))],
  };
}
