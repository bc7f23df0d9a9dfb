import { AppError } from '@mentorline/runtime';
import { Type } from 'typebox';

/** The header by which a client says which version it has seen. */
export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'the `ETag` it was read with; 412 when it has changed since' }),
  ),
});

/** The entity tag of a version. */
export function etagOf({ version }: { version: number }): string {
  return `"${version}"`;
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/gu;

/**
 * Lets a write go on if its `If-Match` names the version at hand: one of a list, or `*` (RFC 9110, 13.1.1). The
 * comparison is strong, so a weak tag names none, as does what is no tag at all.
 * @throws AppError PRECONDITION_FAILED
 */
export function checkIfMatch(header: string | undefined, current: { version: number }): void {
  if (header === undefined || header.trim() === '*') return;
  if (header.match(ENTITY_TAG)?.includes(etagOf(current))) return;
  throw new AppError(
    'PRECONDITION_FAILED',
    `It is at version ${current.version}, which If-Match does not name; read it again, then send ` +
      `If-Match: ${etagOf(current)}`,
  );
}
