import {
  type ReadUserRow,
  ROLES_GIVEN,
  type RowError,
  readUserRow,
  rowError,
  trimmed,
} from '@mentorline/domain';
import { AppError, type FieldFault } from '@mentorline/runtime';
import { type Static, Type } from 'typebox';

const Name = Type.String({ description: '1 to 255 characters' });
const Roles = Type.Array(Type.Enum([...ROLES_GIVEN]), { minItems: 1, maxItems: 20 });
const Designation = Type.Union([Type.String(), Type.Null()], { description: 'at most 255 characters' });

/** A person as an administrator makes one. */
export const NewPerson = Type.Object(
  {
    name: Name,
    email: Type.String({ description: 'never changes afterwards; one account for each in the deployment' }),
    roles: Roles,
    designation: Type.Optional(Designation),
  },
  { title: 'NewPerson', additionalProperties: false },
);
export type NewPerson = Static<typeof NewPerson>;

/** What of a person can be changed; the address cannot. */
export const PersonChange = Type.Object(
  {
    name: Type.Optional(Name),
    roles: Type.Optional(Roles),
    designation: Type.Optional(Designation),
    active: Type.Optional(Type.Boolean({ description: 'false: cannot sign in, and is not picked any more' })),
  },
  { title: 'PersonChange', additionalProperties: false },
);
export type PersonChange = Static<typeof PersonChange>;

/** What a request says, read as the row of a user import would be: the same rules hold. */
export function readUserInput({
  email,
  name,
  roles = [],
  designation,
}: Partial<NewPerson>): ReadUserRow & { errors: readonly RowError[] } {
  const cells = {
    email: email ?? '',
    name: name ?? '',
    roles: roles.join(','),
    designation: designation === null ? '-' : (designation ?? ''),
  };
  const reading = readUserRow({
    get: (column) => cells[column],
    custom: new Map(),
    surplus: [],
    earlierStatus: '',
  });
  // In a file a blank cell leaves the name as it is; here it has been sent.
  const isBlank = name !== undefined && trimmed(name) === '';
  const missing = isBlank ? [rowError('FIELD_REQUIRED', 'name', '', 'name')] : [];
  return { ...reading, errors: [...missing, ...reading.errors] };
}

export function refuseUser(errors: readonly RowError[]): AppError {
  const faults = errors.map(
    ({ field, code, message }): FieldFault => ({ pointer: `/${field}`, code, message }),
  );
  return new AppError('VALIDATION_FAILED', 'This cannot be saved; see errors', { faults });
}
