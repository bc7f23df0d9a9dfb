import { AppError } from '@mentorline/runtime';
import { Type } from 'typebox';

/** The entity tag of a version. */
export function etagOf({ version }: { version: number }): string {
  return `"${version}"`;
}

/** Header of a call that changes something that has a version. */
export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'the `ETag` it was read with; 412 when it has changed since',
    }),
  ),
});

/**
 * Refuses a change of a state that the client has not seen (RFC 9110, 13.1.1). Strong comparison: a weak tag matches none.
 * @throws AppError PRECONDITION_FAILED
 */
export function refuseStale(ifMatch: string | undefined, current: { version: number }): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(etagOf(current))) return;
  throw new AppError(
    'PRECONDITION_FAILED',
    'It has been changed since you read it; read it again, then change it',
  );
}
