import { AppError } from '@mentorline/runtime';
import type { User } from '@mentorline/store';
import { Type } from 'typebox';

/** What a file can be about. */
const UPLOAD_KINDS = ['sessions', 'users'] as const;
export type UploadKind = (typeof UPLOAD_KINDS)[number];

export const UploadKindField = Type.Optional(
  Type.Enum([...UPLOAD_KINDS], { default: 'sessions', description: '`users` needs the role org_admin' }),
);

/** The kinds of which a manager may upload a file; the directory is for administrators. */
export function uploadableKinds({ roles }: User): UploadKind[] {
  return UPLOAD_KINDS.filter((kind) => kind !== 'users' || roles.includes('org_admin'));
}

/** @throws AppError FORBIDDEN */
export function refuseUnlessAllowed(user: User, kind: UploadKind): void {
  if (uploadableKinds(user).includes(kind)) return;
  throw new AppError('FORBIDDEN', 'A file of users needs the role org_admin');
}
