import { BYTE_ORDER_MARK, writeRecords } from '@mentorline/csv';
import type { Session, Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';

/** Who has a seat in a session. */
export const MenteeView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    designation: Type.Union([Type.String(), Type.Null()]),
    enrolment: Type.Enum(['invited', 'self']),
  },
  { title: 'Mentee' },
);
type MenteeView = Static<typeof MenteeView>;

/** Where a page of mentees goes on. */
export const MenteePlace = Type.Object({ name: Type.String(), id: Type.String() });
type MenteePlace = Static<typeof MenteePlace>;

/** The mentees of a session by name. @param after the last one of the page before */
export async function listMentees(
  store: Pick<Store, 'users'>,
  { mentees }: Session,
  after?: MenteePlace,
): Promise<MenteeView[]> {
  const users = await store.users.findUsers(mentees.map(({ userId }) => userId));
  return mentees
    .map(({ userId: id, enrolment }) => {
      const { name = '', email = '', designation = null } = users.get(id) ?? {};
      return { id, name, email, designation, enrolment };
    })
    .sort(byName)
    .filter((mentee) => !after || byName(after, mentee) < 0);
}

/** By code point rather than by language: the order must be the same on every page. */
function byName(a: MenteePlace, b: MenteePlace): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

const ENROLMENTS = { invited: 'Invited', self: 'Self' } as const;

/** The same as a file for spreadsheets. */
export function writeMentees(mentees: readonly MenteeView[]): Buffer {
  const rows = mentees.map(({ name, email, designation, enrolment }) => [
    ...[name, email, designation ?? '', ENROLMENTS[enrolment]],
  ]);
  const header = ['Name', 'Email', 'Designation', 'Enrolment'];
  return Buffer.from(BYTE_ORDER_MARK + writeRecords([header, ...rows]));
}
