import { CSV_FIELD_NAMES } from './draft.ts';
import { MOST_ERRORS_OF_A_LIST, type RowError, rowError } from './messages.ts';
import { splitValues } from './option.ts';
import { checkSurplus, type RowCells } from './read-row.ts';
import { ROLES, ROLES_GIVEN, type Role } from './session.ts';
import { hasControls, isEmail, isLongerThan, trimmed } from './text.ts';
import type { UserColumn } from './user-columns.ts';

/** `undefined`: could not be read, and an error tells why. Blank: the row does not say. */
export interface UserDraft {
  readonly name: string | undefined;
  /** Each once, in the order of `ROLES`. */
  readonly roles: readonly Role[] | undefined;
  /** `null`: to be cleared. */
  readonly designation: string | null | undefined;
}

export interface ReadUserRow {
  /** Lower-case; blank where the row has none that can be read. */
  readonly email: string;
  readonly draft: UserDraft;
  readonly errors: readonly RowError[];
}

/** What a row of a user import says by itself, with all its errors in column order. */
export function readUserRow(cells: RowCells<UserColumn>): ReadUserRow {
  const errors: RowError[] = [];
  checkSurplus(cells.surplus, errors);
  const text = (column: UserColumn) => trimmed(cells.get(column));
  const name = readText('name', text('name'), errors);
  const email = readEmail(text('email'), errors);
  const roles = readRoles(text('roles'), errors);
  const designation = text('designation');
  return {
    email,
    draft: {
      name,
      roles,
      designation: designation === '-' ? null : readText('designation', designation, errors),
    },
    errors,
  };
}

const LONGEST_TEXT = 255;

function readText(field: 'name' | 'designation', text: string, errors: RowError[]): string | undefined {
  const found = errors.length;
  const column = CSV_FIELD_NAMES[field];
  if (isLongerThan(text, LONGEST_TEXT)) {
    errors.push(rowError('FIELD_TOO_LONG', field, text, column, LONGEST_TEXT));
  }
  if (hasControls(text)) {
    errors.push(rowError('FIELD_INVALID', field, text, column, 'text without control characters'));
  }
  return errors.length === found ? text : undefined;
}

function readEmail(text: string, errors: RowError[]): string {
  if (isEmail(text)) return text.toLowerCase();
  errors.push(
    text === ''
      ? rowError('FIELD_REQUIRED', 'email', '', CSV_FIELD_NAMES.email)
      : rowError('FIELD_INVALID', 'email', text, CSV_FIELD_NAMES.email, 'one e-mail address'),
  );
  return '';
}

function readRoles(text: string, errors: RowError[]): Role[] | undefined {
  const unknown = new Set<string>();
  const asked = new Set<Role>();
  for (const value of splitValues(text)) {
    const role = ROLES_GIVEN.find((known) => roleKey(known) === roleKey(value));
    if (role === undefined) unknown.add(value);
    else asked.add(role);
  }
  for (const value of [...unknown].slice(0, MOST_ERRORS_OF_A_LIST)) {
    const expected = `one or more of ${ROLES_GIVEN.join(', ')}`;
    errors.push(rowError('FIELD_INVALID', 'roles', value, CSV_FIELD_NAMES.roles, expected));
  }
  return unknown.size > 0 ? undefined : ROLES.filter((role) => asked.has(role));
}

function roleKey(text: string): string {
  return text.replace(/[\s_]/gu, '').toLowerCase();
}
