import type { Organisation, Store, User } from '@mentorline/store';

/** Every user has an organisation; one without is a fault of the data. */
export async function organisationOf(store: Pick<Store, 'organisations'>, user: User): Promise<Organisation> {
  const organisation = await store.organisations.findOrganisation(user.organisationId);
  if (!organisation) throw new Error(`User ${user.id}: organisation ${user.organisationId} is missing`);
  return organisation;
}
