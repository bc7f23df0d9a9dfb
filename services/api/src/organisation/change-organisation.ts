import { isDeepStrictEqual } from 'node:util';
import {
  checkSettings,
  DEFAULT_SETTINGS,
  type OrganisationSettings,
  REQUIRABLE_FIELDS,
  readZone,
  SETTING_BOUNDS,
  trimmed,
} from '@mentorline/domain';
import { AppError, type FieldFault } from '@mentorline/runtime';
import type { Actor, Organisation, OrganisationChange, Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { checkIfMatch } from '../http/if-match.ts';
import { CustomFieldInput, CustomFieldInputs, NO_CONTROLS, readCustomFields } from './read-custom-fields.ts';

const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d';

const SettingFields = {
  timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA name' }),
  enrolmentLimit: Type.Integer(SETTING_BOUNDS.enrolmentLimit),
  minDurationMinutes: Type.Integer(SETTING_BOUNDS.minDurationMinutes),
  maxDurationMinutes: Type.Integer(SETTING_BOUNDS.maxDurationMinutes),
  slotGapMinutes: Type.Integer({
    ...SETTING_BOUNDS.slotGapMinutes,
    description: "least free time between two sessions of one of the organisation's mentors",
  }),
  newOptions: Type.Enum(['create', 'reject'], {
    description: 'what becomes of an option that nobody has used before; `reject`: administrators add them',
  }),
  requiredFields: Type.Array(Type.Enum([...REQUIRABLE_FIELDS]), {
    uniqueItems: true,
    description:
      'to be filled in when a session is made or edited, though the rules do not demand it: `mentees` of public ' +
      'sessions too, `link` of meetings on platforms that have one, `passcode` of those on ZOOM',
  }),
  workingHours: Type.Object(
    {
      from: Type.String({ pattern: `^${CLOCK}$` }),
      to: Type.String({ pattern: `^(${CLOCK}|24:00)$` }),
    },
    { additionalProperties: false, description: 'where the next free time of a mentor is looked for' },
  ),
  brandColor: Type.String({
    pattern: '^#[0-9a-fA-F]{6}$',
    description: "`#rrggbb`; the head of the organisation's mails is of this colour",
  }),
} satisfies Record<keyof OrganisationSettings, unknown>;

export const OrganisationView = Type.Object(
  {
    id: Type.String(),
    version: Type.Integer(),
    name: Type.String(),
    settings: Type.Object(SettingFields),
    customFields: Type.Array(CustomFieldInput),
    relatedOrganisations: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
      description: 'whose mentors and mentees can be picked; given by the operator of the deployment',
    }),
  },
  { title: 'Organisation' },
);

export const OrganisationChangeInput = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: NO_CONTROLS })),
    settings: Type.Optional(Type.Partial(Type.Object(SettingFields), { additionalProperties: false })),
    customFields: Type.Optional(CustomFieldInputs),
  },
  { title: 'OrganisationChange', additionalProperties: false },
);

/** An organisation as its administrators see it. */
export async function presentOrganisation(
  store: Pick<Store, 'organisations'>,
  organisation: Organisation,
): Promise<Static<typeof OrganisationView>> {
  const { id, version, name, settings, customFields, relatedOrganisations } = organisation;
  const names = await store.organisations.namesOf(relatedOrganisations);
  return {
    ...{ id, version, name },
    settings: { ...settings, requiredFields: [...settings.requiredFields] },
    customFields: customFields.map((field) => ({ ...field, allowedValues: [...field.allowedValues] })),
    relatedOrganisations: [...names].map(([related, known]) => ({ id: related, name: known })),
  };
}

/**
 * Changes what an organisation decides for itself; what is left out stays as it is. Sessions that exist stay as they
 * are, imports go by what held when they were uploaded.
 * @throws AppError PRECONDITION_FAILED, VALIDATION_FAILED
 */
export async function changeOrganisation(
  { store, now }: { store: Store; now: () => Date },
  { actor, ifMatch }: { actor: Actor; ifMatch: string | undefined },
  input: Static<typeof OrganisationChangeInput>,
): Promise<Organisation> {
  const id = actor.organisationId;
  return store.transaction(async (transaction) => {
    const before = await store.organisations.findOrganisation(id, transaction);
    if (!before) throw new Error(`Organisation ${id} is missing`);
    checkIfMatch(ifMatch, before);
    const { change, fields } = readChange(input, before);
    if (fields.length === 0) return before;
    await store.organisations.changeOrganisation(transaction, id, change);
    await store.audit.noteWrite(transaction, actor, {
      ...{ at: now(), action: 'organisation.updated', target: { kind: 'organisation', id }, fields },
    });
    return (await store.organisations.findOrganisation(id, transaction))!;
  });
}

/** @returns `fields`: those that really change */
function readChange(
  input: Static<typeof OrganisationChangeInput>,
  before: Organisation,
): { change: OrganisationChange; fields: string[] } {
  const faults: FieldFault[] = [];
  const name = input.name === undefined ? before.name : trimmed(input.name);
  if (name === '') {
    faults.push({ pointer: '/name', code: 'FIELD_REQUIRED', message: 'Mandatory field name not filled' });
  }
  const asked = { ...before.settings, ...input.settings };
  for (const { field, message } of checkSettings(asked)) {
    faults.push({ pointer: `/settings/${field}`, code: 'FIELD_INVALID', message });
  }
  const settings = { ...asked, timeZone: readZone(asked.timeZone) ?? asked.timeZone };
  const customFields = input.customFields
    ? readCustomFields(input.customFields, before.customFields, faults)
    : before.customFields;
  if (faults.length > 0) {
    throw new AppError('VALIDATION_FAILED', 'The organisation cannot be changed so; see errors', { faults });
  }
  const names = Object.keys(DEFAULT_SETTINGS) as (keyof OrganisationSettings)[];
  const changed = names.filter((key) => !isDeepStrictEqual(settings[key], before.settings[key]));
  const isRenamed = name !== before.name;
  const hasOtherFields = !isDeepStrictEqual(customFields, before.customFields);
  return {
    change: {
      ...(isRenamed ? { name } : {}),
      ...(hasOtherFields ? { customFields } : {}),
      settings: Object.fromEntries(changed.map((key) => [key, settings[key]])),
    },
    fields: [
      ...(isRenamed ? ['name'] : []),
      ...changed.map((key) => `settings.${key}`),
      ...(hasOtherFields ? ['customFields'] : []),
    ],
  };
}
