import {
  CSV_FIELD_NAMES,
  type DraftField,
  type NamedField,
  type ReadRow,
  type RowError,
  rowError,
} from '@mentorline/domain';
import type { Import, RowResult } from '@mentorline/store';

type Uploaded = Pick<RowResult, 'row' | 'action' | 'cells'>;

export function publishedResult(uploaded: Uploaded, sessionId: string, note: string): RowResult {
  return { ...uploaded, status: 'Published', sessionId, note, errors: [] };
}

/** For a row that asks for what is so already. */
export function unchangedResult(uploaded: Uploaded, sessionId: string): RowResult {
  return { ...uploaded, status: 'Unchanged', sessionId, note: '', errors: [] };
}

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

/** What is wrong with a row that would change a session: those it may name are in `existing`. */
export function changeFaults(
  { action, id, doneEarlier, errors }: ReadRow,
  existing: ReadonlySet<string>,
): RowError[] {
  if (action === undefined || errors.length > 0) return [];
  if (doneEarlier) return [rowError('ACTION_INVALID', 'action', action, 'Create with an id')];
  if (!existing.has(id.toLowerCase())) return [rowError('SESSION_NOT_FOUND', 'id', id)];
  return [rowError('ACTION_INVALID', 'action', action, 'a CSV cannot change existing sessions yet')];
}
