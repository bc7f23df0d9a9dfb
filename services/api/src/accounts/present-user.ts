import { ROLES } from '@mentorline/domain';
import type { Store, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { organisationOf } from './organisation-of.ts';

/** The person who is signed in. */
export const UserView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    designation: Type.Union([Type.String(), Type.Null()]),
    roles: Type.Array(Type.Enum([...ROLES])),
    organisation: Type.Object({ id: Type.String(), name: Type.String(), timeZone: Type.String() }),
  },
  { title: 'Me' },
);

export async function presentUser(
  store: Pick<Store, 'organisations'>,
  user: User,
): Promise<Static<typeof UserView>> {
  const { id, name, email, designation, roles } = user;
  const organisation = await organisationOf(store, user);
  const { timeZone } = organisation.settings;
  return {
    id,
    name,
    email,
    designation,
    roles,
    organisation: { id: organisation.id, name: organisation.name, timeZone },
  };
}
