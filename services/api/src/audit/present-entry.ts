import type { AuditEntry } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';

export const AuditView = Type.Object(
  {
    id: Type.String(),
    at: Type.String({ format: 'date-time' }),
    user: Type.Union([Type.Object({ id: Type.String(), email: Type.String() }), Type.Null()], {
      description:
        'null: somebody who had not signed in, or who runs the deployment and did it there (`address`: command line)',
    }),
    action: Type.String(),
    target: Type.Object({ kind: Type.String(), id: Type.String() }),
    fields: Type.Array(Type.String(), { description: 'which of its fields changed, where that says more' }),
    rows: Type.Union(
      [
        Type.Object({
          ...{ from: Type.Integer(), to: Type.Integer() },
          ...{ published: Type.Integer(), created: Type.Integer() },
          ...{ updated: Type.Integer(), deleted: Type.Integer() },
        }),
        Type.Null(),
      ],
      { description: 'of `import.applied`: which rows were applied together, and how many came to what' },
    ),
    address: Type.String(),
    requestId: Type.String(),
  },
  { title: 'AuditEntry' },
);

export function presentEntry(entry: AuditEntry): Static<typeof AuditView> {
  const { id, at, userId, email, action, target, fields = [], rows = null, address, requestId } = entry;
  return {
    id,
    at: utcText(at),
    user: userId === null ? null : { id: userId, email: email ?? '' },
    ...{ action, target, fields: [...fields], rows, address, requestId },
  };
}
