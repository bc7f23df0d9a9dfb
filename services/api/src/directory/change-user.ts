import { administers, decideUser, type UserAccount } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import type { Actor, Store, Transaction, User } from '@mentorline/store';
import { type PersonChange, readUserInput, refuseUser } from './read-user-input.ts';
import { findPerson } from './user-filters.ts';

interface ChangeDeps {
  store: Store;
  now: () => Date;
}

const FIELDS = ['name', 'designation', 'roles', 'active'] as const;

/**
 * Changes a user of the administrator's organisation, by the rules of the user import.
 * @throws AppError NOT_FOUND, VALIDATION_FAILED, LAST_ADMIN
 */
export async function changeUser(
  { store, now }: ChangeDeps,
  { user: admin, actor }: { user: User; actor: Actor },
  id: string,
  { active, ...input }: PersonChange,
): Promise<User> {
  const { email } = await findPerson(store, admin, id);
  const reading = readUserInput({ ...input, email });
  const context = { organisationId: admin.organisationId, uploaderId: admin.id };
  return store.transaction(async (transaction) => {
    const existing = (await store.users.readAccounts(transaction, [email])).get(email);
    if (existing?.id !== id) throw new AppError('NOT_FOUND', 'The person has just been deleted');
    const decision = decideUser(reading, existing, context);
    if (decision.outcome === 'invalid') throw refuseUser(decision.errors);
    const decided = decision.outcome === 'unchanged' ? existing : decision.user;
    const changed = { ...decided, active: active ?? existing.active };
    const fields = FIELDS.filter((field) => String(changed[field]) !== String(existing[field]));
    if (fields.length > 0) {
      await keepAdministrator(store, transaction, existing, changed);
      await store.users.writeAccounts(transaction, [changed]);
      // Made active again, they sign in again.
      if (!changed.active) await store.refreshTokens.endFamiliesOf(transaction, id);
      await store.audit.noteWrite(transaction, actor, {
        ...{ at: now(), action: 'user.updated', target: { kind: 'user', id }, fields },
      });
    }
    return (await store.users.findOwnUser(admin.organisationId, id, transaction))!;
  });
}

/**
 * Deletes a user; one whom sessions name, as mentor or mentee, is deactivated instead, as they would name nobody. So is
 * one whom a session was ever about to name (see `keepPeople`), and everybody while an import is under way that may have
 * taken note of them already; none begins meanwhile.
 * @throws AppError NOT_FOUND, LAST_ADMIN
 */
export async function removeUser(
  { store, now }: ChangeDeps,
  { user: admin, actor }: { user: User; actor: Actor },
  id: string,
): Promise<'deleted' | 'deactivated'> {
  const { email, organisationId } = await findPerson(store, admin, id);
  const seenBy = await store.organisations.organisationsInReach(organisationId);
  await store.turns.ensureTurns(seenBy);
  return store.transaction(async (transaction) => {
    await store.turns.holdTurns(transaction, seenBy);
    const existing = (await store.users.readAccounts(transaction, [email])).get(email);
    if (existing?.id !== id) throw new AppError('NOT_FOUND', 'The person has just been deleted');
    const inactive = { ...existing, active: false };
    await keepAdministrator(store, transaction, existing, inactive);
    const isNamed =
      (await store.users.hasSessions(transaction, id)) ||
      (await store.imports.isAnyUnderWay(seenBy, transaction));
    const isGone = !isNamed && (await store.users.removeUser(transaction, id));
    if (!isGone) await store.users.writeAccounts(transaction, [inactive]);
    await store.refreshTokens.endFamiliesOf(transaction, id);
    const outcome = isGone ? 'deleted' : 'deactivated';
    await store.audit.noteWrite(transaction, actor, {
      ...{ at: now(), action: `user.${outcome}`, target: { kind: 'user', id } },
    });
    return outcome;
  });
}

/** @throws AppError LAST_ADMIN when the change would leave the organisation to nobody */
async function keepAdministrator(
  store: Store,
  transaction: Transaction,
  before: UserAccount,
  after: UserAccount,
): Promise<void> {
  if (!administers(before) || administers(after)) return;
  const administrators = await store.users.holdAdministrators(transaction, before.organisationId);
  administrators.delete(before.email);
  if (administrators.size > 0) return;
  throw new AppError(
    'LAST_ADMIN',
    'This is the last active administrator of the organisation; give somebody else the role org_admin first',
  );
}
