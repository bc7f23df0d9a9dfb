import type { Organisation, Store, User } from '@mentorline/store';

/** Of a user or a session. Each has an organisation; one without is a fault of the data. */
export async function organisationOf(
  store: Pick<Store, 'organisations'>,
  { id, organisationId }: Pick<User, 'id' | 'organisationId'>,
): Promise<Organisation> {
  const organisation = await store.organisations.findOrganisation(organisationId);
  if (!organisation) throw new Error(`${id}: organisation ${organisationId} is missing`);
  return organisation;
}
