import { CSV_FIELD_NAMES, type DraftField, type NamedField, type RowError } from '@mentorline/domain';
import type { Import, RowResult } from '@mentorline/store';

export type Uploaded = Pick<RowResult, 'row' | 'action' | 'cells'>;

export function invalidResult(
  uploaded: Uploaded,
  errors: readonly RowError[],
  customFields: Import['customFields'],
): RowResult {
  return {
    ...uploaded,
    status: 'Invalid',
    sessionId: null,
    note: '',
    errors: errors.map(({ code, field, value, message }) => ({
      code,
      column: columnName(field, customFields),
      value,
      message,
    })),
  };
}

/** The name by which the sheet's reader knows the place of a fault. */
function columnName(field: DraftField, customFields: Import['customFields']): string {
  if (!field.startsWith('custom.')) return CSV_FIELD_NAMES[field as NamedField];
  return customFields.find(({ name }) => `custom.${name}` === field)?.label ?? field;
}
