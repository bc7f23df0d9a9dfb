import type { CustomValue, DraftField } from './draft.ts';
import { type RowError, rowError } from './messages.ts';
import { optionKey } from './option.ts';
import type { CustomField } from './settings.ts';
import { hasControlsBesideLayout, isLongerThan, trimmed } from './text.ts';
import { readDate, readIsoDate } from './wall-time.ts';

export const LONGEST_CUSTOM_TEXT = 5000;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

/**
 * Reads an organisation's custom fields; a blank optional one is left out. Dates become `YYYY-MM-DD`,
 * texts with allowed values take the allowed spelling.
 * @param cells texts by field name
 * @param errors takes what is found, in the order of the fields
 */
export function readCustom(
  fields: readonly CustomField[],
  cells: ReadonlyMap<string, string>,
  errors: RowError[],
): Record<string, CustomValue> {
  const custom: Record<string, CustomValue> = {};
  for (const field of fields) {
    const text = trimmed(cells.get(field.name) ?? '');
    const place: DraftField = `custom.${field.name}`;
    if (text === '') {
      if (field.required) errors.push(rowError('FIELD_REQUIRED', place, '', field.label));
      continue;
    }
    if (field.type === 'text' && isLongerThan(text, LONGEST_CUSTOM_TEXT)) {
      errors.push(rowError('FIELD_TOO_LONG', place, text, field.label, LONGEST_CUSTOM_TEXT));
      continue;
    }
    const value = allowed(field, readValue(field, text));
    if (value === undefined) errors.push(rowError('CUSTOM_FIELD_INVALID', place, text, field.label));
    else custom[field.name] = value;
  }
  return custom;
}

function readValue(field: CustomField, text: string): CustomValue | undefined {
  switch (field.type) {
    case 'text':
      return hasControlsBesideLayout(text) ? undefined : text;
    case 'number':
      return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/u.test(text) ? Number(text) : undefined;
    case 'boolean':
      return BOOLEANS.get(text.toLowerCase());
    case 'date': {
      const dayMs = readDate(text) ?? readIsoDate(text);
      return dayMs === undefined ? undefined : new Date(dayMs).toISOString().slice(0, 10);
    }
  }
}

function allowed(field: CustomField, value: CustomValue | undefined): CustomValue | undefined {
  if (value === undefined || field.allowedValues.length === 0) return value;
  if (typeof value === 'string' && field.type === 'text') {
    const key = optionKey(value);
    return field.allowedValues.find((text) => optionKey(text) === key);
  }
  return field.allowedValues.some((text) => readValue(field, trimmed(text)) === value) ? value : undefined;
}
