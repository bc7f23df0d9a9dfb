import type { Role } from '@mentorline/domain';
import type { Store } from '@mentorline/store';
import type { OracleWorld } from './oracle/world.ts';

/** Address of the n-th mentor, or mentee, that `createPeople` makes. */
export const mentorEmail = (n: number): string => `mentor${n}@example.org`;
export const menteeEmail = (n: number): string => `mentee${n}@example.org`;

/**
 * Makes mentors and forty or more mentees in one go.
 * @returns them as the oracle sees them
 */
export async function createPeople(
  store: Store,
  organisationId: string,
  mentors: number,
  mentees = 40,
): Promise<OracleWorld['people']> {
  const person = (email: string, name: string, role: 'mentor' | 'mentee') => ({
    organisationId,
    email,
    name,
    roles: [role] as Role[],
  });
  const people = [
    ...Array.from({ length: mentors }, (_, n) => person(mentorEmail(n), `Mentor ${n}`, 'mentor')),
    ...Array.from({ length: mentees }, (_, n) => person(menteeEmail(n), `Mentee ${n}`, 'mentee')),
  ];
  await store.users.createUsers(people);
  return new Map(people.map(({ email, name, roles }) => [email, { name, mentor: roles[0] === 'mentor' }]));
}
