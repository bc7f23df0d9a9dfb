import { decideUser } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import { type Actor, isDuplicateKey, type Organisation, type Store, type User } from '@mentorline/store';
import { inviteUser } from '../accounts/invite-user.ts';
import { type NewPerson, readUserInput, refuseUser } from './read-user-input.ts';

/**
 * Makes a user of the administrator's organisation, by the rules of the user import, and puts the invitation into the
 * outbox.
 * @throws AppError EMAIL_TAKEN when the address has an account already, VALIDATION_FAILED with every fault otherwise
 */
export async function createUser(
  deps: { store: Store; now: () => Date; mailDomain: string },
  by: { user: User; organisation: Organisation; actor: Actor },
  input: NewPerson,
): Promise<User> {
  const { store, now } = deps;
  const { user: admin, organisation, actor } = by;
  const reading = readUserInput(input);
  const { email } = reading;
  const context = { organisationId: admin.organisationId, uploaderId: admin.id };
  try {
    return await store.transaction(async (transaction) => {
      const existing = (await store.users.readAccounts(transaction, [email])).get(email);
      if (existing && reading.errors.length === 0) throw emailTaken(existing.organisationId, admin);
      const decision = decideUser(reading, existing, context);
      if (decision.outcome === 'invalid') throw refuseUser(decision.errors);
      if (decision.outcome !== 'created') throw new Error(`${decision.outcome}: ${email} was not to exist`);
      await store.users.writeAccounts(transaction, [decision.user]);
      const created = (await store.users.findUserByEmail(email, transaction))!;
      const at = now();
      await store.audit.noteWrite(transaction, actor, {
        ...{ at, action: 'user.created', target: { kind: 'user', id: created.id } },
      });
      const invited = { user: created, organisation, by: { name: admin.name, actor }, at };
      await inviteUser(deps, transaction, invited);
      return created;
    });
  } catch (error) {
    if (isDuplicateKey(error)) throw emailTaken(undefined, admin);
    throw error;
  }
}

/** Whose account it is, is told for one of the own organisation only. */
function emailTaken(organisationId: string | undefined, admin: User): AppError {
  const message =
    organisationId === admin.organisationId
      ? 'This e-mail address has an account in your organisation already; change that one'
      : 'This e-mail address has an account already; each address has one in all organisations together';
  return new AppError('EMAIL_TAKEN', message, {
    faults: [{ pointer: '/email', code: 'EMAIL_TAKEN', message }],
  });
}
