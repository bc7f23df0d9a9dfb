import { AppError } from '@mentorline/runtime';
import { Type } from 'typebox';

const SHORTEST = 12;
const LONGEST = 200;

/** A password to be set; what the schema cannot say is for `refuseWeakPassword`. */
export const NewPassword = Type.String({
  maxLength: LONGEST,
  minLength: SHORTEST,
  description: `${SHORTEST} to ${LONGEST} characters, and not the e-mail address`,
});

/** @throws AppError VALIDATION_FAILED */
export function refuseWeakPassword(password: string, email: string, pointer: string): void {
  if (password.trim().toLowerCase() !== email) return;
  throw new AppError('VALIDATION_FAILED', 'The e-mail address is no password; choose another', {
    faults: [{ pointer, code: 'FIELD_INVALID', message: 'must not be the e-mail address' }],
  });
}
