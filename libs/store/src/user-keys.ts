import { foldText, type Role, searchWords } from '@mentorline/domain';

/** Words are told apart by their first letters; each of these is an entry of an index for each beginning of a word. */
const LONGEST_BEGINNING = 12;

/** Whom a list of people is about: those of a role, or all; people who are no longer active are in one of their own. */
export type UserGroup = Role | 'all' | 'inactive';

interface Keyed {
  name: string;
  email: string;
  designation: string | null;
  roles: readonly Role[];
  active: boolean;
}

/**
 * By what users of an organisation are found in order of name: their groups, and in each the beginnings of the words
 * of name and address, and the designation. So each list, however narrowed down, is one stretch of one index.
 */
export function userKeys(user: Keyed): { nameKey: string; searchKeys: string[] } {
  const { name, email, designation, roles, active } = user;
  const beginnings = new Set(searchWords(`${name} ${email}`).flatMap(beginningsOf));
  const groups: UserGroup[] = active ? ['all', ...new Set(roles)] : ['inactive'];
  return {
    nameKey: foldText(name),
    searchKeys: groups.flatMap((group) => [
      group,
      ...Array.from(beginnings, (beginning) => beginningKey(group, beginning)),
      ...(designation === null ? [] : [designationKey(group, designation)]),
    ]),
  };
}

function beginningsOf(word: string): string[] {
  const letters = Array.from(word).slice(0, LONGEST_BEGINNING);
  return letters.map((_, index) => letters.slice(0, index + 1).join(''));
}

/** `word` as typed, folded. */
export function beginningKey(group: UserGroup, word: string): string {
  return `${group} ${Array.from(word).slice(0, LONGEST_BEGINNING).join('')}`;
}

export function designationKey(group: UserGroup, designation: string): string {
  return `${group}=${foldText(designation).trim()}`;
}
