import type { Fixtures, TestContext } from './setup.ts';
import { waitFor } from './wait-for.ts';

const WRITE_CONFLICT = 112;

/**
 * Books with a mentor without coming to an end: whoever else wants to write that mentor's calendar has to wait, and an
 * import with such a row cannot be over, however fast the machine.
 * @returns lets go; the end of the test does too
 */
export async function holdMentor(
  t: TestContext,
  { store, organisation }: Pick<Fixtures, 'store' | 'organisation'>,
  email: string,
): Promise<() => Promise<void>> {
  const { id } = (await store.users.findUserByEmail(email))!;
  await store.slots.ensureLocks([id]);
  const transaction = await store.connection.startSession();
  const letGo = async (): Promise<void> => {
    if (transaction.inTransaction()) await transaction.abortTransaction();
    await transaction.endSession();
  };
  t.teardown(letGo);
  const lock = async (): Promise<boolean> => {
    transaction.startTransaction();
    try {
      await store.slots.lockMentors(transaction, { organisationId: organisation.id }, [id]);
      return true;
    } catch (error) {
      await transaction.abortTransaction();
      if ((error as { code?: unknown }).code === WRITE_CONFLICT) return false;
      throw error;
    }
  };
  await waitFor(`nobody else books with ${email}`, lock);
  return letGo;
}
