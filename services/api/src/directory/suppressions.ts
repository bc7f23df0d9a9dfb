import { AppError } from '@mentorline/runtime';
import type { Actor, Store, Suppression } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';

export const SuppressionView = Type.Object(
  {
    id: Type.String(),
    userId: Type.String(),
    address: Type.String(),
    reason: Type.Enum(['hard-bounce', 'reminders-off'], {
      description:
        '`hard-bounce`: there is no such mailbox, so no mail goes there but what somebody asks for (a link to an account, ' +
        'a mail sent again), which lifts it when it is taken; `reminders-off`: its reader wants no reminders',
    }),
    at: Type.String({ format: 'date-time' }),
  },
  { title: 'Suppression' },
);

export function presentSuppression({
  id,
  userId,
  address,
  reason,
  at,
}: Suppression): Static<typeof SuppressionView> {
  return { ...{ id, userId, address, reason }, at: utcText(at) };
}

/**
 * Lets mails go to an address again.
 * @throws AppError NOT_FOUND
 */
export async function liftSuppression(
  { store, now }: { store: Store; now: () => Date },
  actor: Actor,
  id: string,
): Promise<void> {
  await store.transaction(async (transaction) => {
    const lifted = await store.suppressions.liftSuppression(transaction, actor.organisationId, id);
    if (!lifted) throw new AppError('NOT_FOUND', 'There is no such suppression');
    await store.audit.noteWrite(transaction, actor, {
      ...{ at: now(), action: 'suppression.lifted', target: { kind: 'user', id: lifted.userId } },
      fields: [lifted.reason],
    });
  });
}
