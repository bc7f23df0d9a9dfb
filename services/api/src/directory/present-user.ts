import { ROLES } from '@mentorline/domain';
import type { Store, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';

/** A person of the directory. */
export const PersonView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    designation: Type.Union([Type.String(), Type.Null()]),
    roles: Type.Array(Type.Enum([...ROLES]), {
      description: 'of people of related organisations those only for which they can be picked',
    }),
    active: Type.Boolean(),
    organisation: Type.Object({ id: Type.String(), name: Type.String() }),
  },
  { title: 'Person' },
);
export type PersonView = Static<typeof PersonView>;

/** People as their own organisation sees them, and one that is related. */
export async function presentPeople(
  store: Pick<Store, 'organisations'>,
  viewer: User,
  people: readonly User[],
): Promise<PersonView[]> {
  const ids = [...new Set(people.map(({ organisationId }) => organisationId))];
  const names = await store.organisations.namesOf(ids);
  return people.map(({ id, name, email, designation, roles, active, organisationId }) => {
    const isOwn = organisationId === viewer.organisationId;
    return {
      ...{ id, name, email, designation, active },
      roles: isOwn ? roles : roles.filter((role) => role === 'mentor' || role === 'mentee'),
      organisation: { id: organisationId, name: names.get(organisationId) ?? '' },
    };
  });
}

export async function presentPerson(
  store: Pick<Store, 'organisations'>,
  viewer: User,
  person: User,
): Promise<PersonView> {
  const [view] = await presentPeople(store, viewer, [person]);
  return view!;
}
