import { columnFinder, sessionSheet } from '@mentorline/csv';
import {
  CUSTOM_FIELD_TYPES,
  type CustomField,
  columnKey,
  optionKey,
  type RowError,
  readCustom,
} from '@mentorline/domain';
import type { FieldFault } from '@mentorline/runtime';
import { type Static, Type } from 'typebox';

/** One line of text: `\\p{Cc}`, spelt out for tools that do not know it. */
export const NO_CONTROLS = '^[^\\u0000-\\u001f\\u007f-\\u009f]+$';
const MOST_FIELDS = 50;
const MOST_VALUES = 200;

export const CustomFieldInput = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z][A-Za-z0-9_]{0,39}$',
      description: 'by which programs know it; a field with another name is another field',
    }),
    label: Type.String({ minLength: 1, maxLength: 100, pattern: NO_CONTROLS }),
    type: Type.Enum([...CUSTOM_FIELD_TYPES], { description: 'never changes' }),
    required: Type.Optional(Type.Boolean({ default: false })),
    allowedValues: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        maxItems: MOST_VALUES,
        description: 'none: anything of the type',
      }),
    ),
  },
  { title: 'CustomField', additionalProperties: false },
);
export const CustomFieldInputs = Type.Array(CustomFieldInput, {
  maxItems: MOST_FIELDS,
  description: 'all of them, in the order of the form; one left out is taken away, sessions keep its values',
});

/**
 * Reads an organisation's own fields as they shall be from now on.
 * @param before as they are
 * @param faults takes what is wrong: names that are taken by other columns of the CSV, values that are not of the type
 */
export function readCustomFields(
  input: Static<typeof CustomFieldInputs>,
  before: readonly CustomField[],
  faults: FieldFault[],
): CustomField[] {
  const columnOf = columnFinder(sessionSheet([]));
  const taken = new Set<string>();
  return input.map(({ name, label, type, required = false, allowedValues = [] }, index) => {
    const field: CustomField = { name, label: label.trim(), type, required, allowedValues };
    const fault = (part: string, message: string): void => {
      faults.push({ pointer: `/customFields/${index}/${part}`, code: 'FIELD_INVALID', message });
    };
    for (const part of ['name', 'label'] as const) {
      const key = columnKey(field[part]);
      if (key === '') fault(part, 'must have letters outside of brackets');
      else if (columnOf(field[part]).kind !== 'unknown') fault(part, 'is the name of a column of every file');
      else if (taken.has(key)) fault(part, 'is the name or label of another field');
    }
    for (const part of [name, label]) taken.add(columnKey(part));
    const earlier = before.find((known) => known.name === name);
    if (earlier && earlier.type !== type)
      fault('type', `is ${earlier.type} and stays so; give a new field a new name`);
    for (const [nth, value] of allowedValues.entries()) {
      const errors: RowError[] = [];
      readCustom([{ ...field, required: true, allowedValues: [] }], new Map([[name, value]]), errors);
      if (errors.length > 0) fault(`allowedValues/${nth}`, `is not a ${type}`);
    }
    if (new Set(allowedValues.map(optionKey)).size < allowedValues.length) {
      fault('allowedValues', 'must be different from each other');
    }
    return field;
  });
}
