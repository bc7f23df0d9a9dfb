import { AppError } from '@mentorline/runtime';
import { type Actor, isDuplicateKey, type Store, type Suppression } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';

export const SuppressionView = Type.Object(
  {
    id: Type.String(),
    userId: Type.String(),
    address: Type.String(),
    reason: Type.Enum(['hard-bounce', 'manual', 'reminders-off'], {
      description:
        '`hard-bounce`: there is no such mailbox, so no mail goes there but what somebody asks for (a link to an account, ' +
        'a mail sent again), which lifts it when it is taken; `manual`: the same, but only an administrator lifts it; ' +
        '`reminders-off`: its reader wants no reminders',
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
 * Stops mails to the address of a user of the organisation, as an administrator knows that they do not arrive.
 * @throws AppError NOT_FOUND
 */
export async function suppressUser(
  { store, now }: { store: Store; now: () => Date },
  actor: Actor,
  id: string,
): Promise<Suppression> {
  const suppress = () =>
    store.transaction(async (transaction) => {
      const user = await store.users.findOwnUser(actor.organisationId, id, transaction);
      if (!user) throw new AppError('NOT_FOUND', 'There is no such user');
      const { suppression, isNew } = await store.suppressions.suppress(transaction, user, now());
      if (isNew) {
        await store.audit.noteWrite(transaction, actor, {
          ...{ at: now(), action: 'suppression.added', target: { kind: 'user', id } },
        });
      }
      return suppression;
    });
  return suppress().catch((error) => {
    if (isDuplicateKey(error)) return suppress();
    throw error;
  });
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
