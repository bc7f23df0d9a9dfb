import { CSV_FIELD_NAMES } from './draft.ts';
import { inColumnOrder, type RowError, rowError } from './messages.ts';
import type { ReadUserRow, UserDraft } from './read-user-row.ts';
import { DEPLOYMENT_ROLES, ROLES, type Role } from './session.ts';

/** A user as the rows of an import find and leave one. */
export interface UserAccount {
  /** `null`: does not exist yet. */
  readonly id: string | null;
  readonly organisationId: string;
  /** Lower-case. */
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly designation: string | null;
  readonly active: boolean;
}

export interface DecideUserContext {
  readonly organisationId: string;
  readonly uploaderId: string;
  /** Whether the row's user is the last active administrator of the organisation; `false`: not, or not to be judged. */
  readonly isLastAdministrator?: boolean;
}

/** Whether somebody administers their organisation. */
export function administers({ roles, active }: Pick<UserAccount, 'roles' | 'active'>): boolean {
  return active && roles.includes('org_admin');
}

export type UserDecision =
  | { readonly outcome: 'created' | 'updated'; readonly user: UserAccount }
  | { readonly outcome: 'unchanged' }
  | {
      readonly outcome: 'invalid';
      /** Everything found, in column order. */
      readonly errors: readonly RowError[];
    };

/**
 * What becomes of a row of a user import. The e-mail address decides; blank cells leave what is there.
 * @param existing who has the row's address, in whatever organisation, as the rows before this one have left them
 */
export function decideUser(
  reading: ReadUserRow,
  existing: UserAccount | undefined,
  context: DecideUserContext,
): UserDecision {
  const errors = [...reading.errors, ...faults(reading, existing, context)];
  if (errors.length > 0) return { outcome: 'invalid', errors: inColumnOrder(errors) };
  const { email, draft } = reading;
  if (existing === undefined) {
    const { organisationId } = context;
    const blank = { id: null, organisationId, email, name: '', roles: [], designation: null, active: true };
    return { outcome: 'created', user: change(blank, draft) };
  }
  const user = change(existing, draft);
  return isSame(existing, user) ? { outcome: 'unchanged' } : { outcome: 'updated', user };
}

function faults(
  { email, draft }: ReadUserRow,
  existing: UserAccount | undefined,
  { organisationId, uploaderId, isLastAdministrator = false }: DecideUserContext,
): RowError[] {
  // Whose row it is cannot be known, so neither what may be blank in it.
  if (email === '') return [];
  if (existing === undefined) {
    return (['name', 'roles'] as const)
      .filter((field) => draft[field]?.length === 0)
      .map((field) => rowError('FIELD_REQUIRED', field, '', CSV_FIELD_NAMES[field]));
  }
  if (existing.organisationId !== organisationId) return [rowError('EMAIL_TAKEN', 'email', email)];
  const { roles = [] } = draft;
  if (roles.length === 0 || roles.includes('org_admin') || !existing.roles.includes('org_admin')) return [];
  if (existing.id === uploaderId) return [rowError('OWN_ROLE_NEEDED', 'roles', roles.join(', '))];
  return isLastAdministrator ? [rowError('LAST_ADMIN', 'roles', roles.join(', '))] : [];
}

/** An operator stays one, as no file can make one; so does an observer. */
function change(user: UserAccount, { name, roles = [], designation }: UserDraft): UserAccount {
  const kept = user.roles.filter((role) => DEPLOYMENT_ROLES.includes(role));
  return {
    ...user,
    name: name || user.name,
    roles: roles.length === 0 ? user.roles : [...roles, ...kept],
    designation: designation === null ? null : designation || user.designation,
  };
}

function isSame(one: UserAccount, other: UserAccount): boolean {
  return (
    one.name === other.name &&
    one.designation === other.designation &&
    ROLES.every((role) => one.roles.includes(role) === other.roles.includes(role))
  );
}
