import { CSV_FIELD_NAMES, type OptionField, type RowError, readOptions, trimmed } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import {
  type Actor,
  isDuplicateKey,
  type Organisation,
  type Store,
  type StoredOption,
  type User,
} from '@mentorline/store';
import { type Static, Type } from 'typebox';

/** Names of the lists in addresses. */
export const OPTION_LISTS = {
  'recommended-for': 'recommendedFor',
  categories: 'categories',
  media: 'medium',
} as const satisfies Record<string, OptionField>;
export type OptionList = keyof typeof OPTION_LISTS;

export const OptionView = Type.Object(
  {
    id: Type.String(),
    value: Type.String({ description: 'never changes; what sessions hold' }),
    label: Type.String(),
    retired: Type.Boolean({ description: 'offered no longer; sessions that have it keep it' }),
  },
  { title: 'Option' },
);
const Label = Type.String({ description: '1 to 255 characters' });
export const NewOption = Type.Object({ label: Label }, { title: 'NewOption', additionalProperties: false });
export const OptionChange = Type.Object(
  { label: Type.Optional(Label), retired: Type.Optional(Type.Boolean()) },
  { title: 'OptionChange', additionalProperties: false },
);

export function presentOption({ id, value, label, isRetired }: StoredOption): Static<typeof OptionView> {
  return { id, value, label, retired: isRetired };
}

interface OptionDeps {
  store: Store;
  now: () => Date;
}
interface By {
  user: User;
  organisation: Organisation;
  actor: Actor;
}

/**
 * The option of a label: the one there is, or a new one. Where the organisation takes no new options along with
 * sessions, only its administrators may add to them.
 * @returns `isNew` false: the label named it already
 * @throws AppError FORBIDDEN, VALIDATION_FAILED
 */
export async function addOption(
  { store, now }: OptionDeps,
  { user, organisation, actor }: By,
  { field, label }: { field: OptionField; label: string },
): Promise<{ option: StoredOption; isNew: boolean }> {
  if (organisation.settings.newOptions === 'reject' && !user.roles.includes('org_admin')) {
    throw new AppError('FORBIDDEN', 'Your organisation takes new options from its administrators only');
  }
  const read = readLabel(field, label);
  const add = () =>
    store.transaction(async (transaction) => {
      const { id: organisationId } = organisation;
      const option = await store.options.addOption(transaction, { organisationId, field, label: read });
      if (option.change) {
        await store.audit.noteWrite(transaction, actor, {
          ...{ at: now(), action: `option.${option.change}`, target: { kind: 'option', id: option.id } },
        });
      }
      return { option, isNew: option.change !== null };
    });
  // Somebody else has added it just now: then it is there.
  return add().catch((error: unknown) => {
    if (isDuplicateKey(error)) return add();
    throw error;
  });
}

/** @throws AppError NOT_FOUND, VALIDATION_FAILED, OPTION_EXISTS */
export async function changeOption(
  { store, now }: OptionDeps,
  { organisation, actor }: By,
  { field, id }: { field: OptionField; id: string },
  { label, retired }: Static<typeof OptionChange>,
): Promise<StoredOption> {
  const change = {
    ...(label === undefined ? {} : { label: readLabel(field, label) }),
    ...(retired === undefined ? {} : { isRetired: retired }),
  };
  const fields = [label === undefined ? [] : 'label', retired === undefined ? [] : 'retired'].flat();
  try {
    return await store.transaction(async (transaction) => {
      const option = { organisationId: organisation.id, field, id };
      const changed = await store.options.changeOption(transaction, option, change);
      if (!changed) throw new AppError('NOT_FOUND', 'There is no such option');
      if (fields.length > 0) {
        await store.audit.noteWrite(transaction, actor, {
          ...{ at: now(), action: 'option.updated', target: { kind: 'option', id }, fields },
        });
      }
      return changed;
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const message = 'Another option is or was named so; rename that one, or offer it again';
    throw new AppError('OPTION_EXISTS', message, {
      faults: [{ pointer: '/label', code: 'OPTION_EXISTS', message }],
    });
  }
}

function readLabel(field: OptionField, text: string): string {
  const errors: RowError[] = [];
  const label = trimmed(text);
  const names = { ...CSV_FIELD_NAMES, [field]: 'label' };
  readOptions(field, label === '' ? [] : [label], { names, errors, idsAllowed: false });
  if (errors.length === 0) return label;
  throw new AppError('VALIDATION_FAILED', 'The option cannot be saved; see errors', {
    faults: errors.map(({ code, message }) => ({ pointer: '/label', code, message })),
  });
}
