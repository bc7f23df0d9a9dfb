import t from 'tap';
import type { DraftField } from '../src/draft.ts';
import { repeatedFields, withoutFields } from '../src/repeated-cells.ts';
import { session } from './current-session.ts';

const current = session({
  categories: ['communication', 'reading,_writing'],
  custom: { grade: 6, online: true },
});

const REPEATED: readonly [DraftField, string][] = [
  ['title', 'Leading a school'],
  ['mentor', 'ASHA.RAO@example.org'],
  ['mentees', 'left@example.org; Meera.Iyer@example.org'],
  ['categories', 'Reading, Writing; COMMUNICATION'],
  ['categories', 'communication;reading,_writing'],
  ['custom.grade', '6'],
  ['custom.online', 'true'],
];

const DIFFERENT: readonly [DraftField, string][] = [
  ['title', 'leading a school'],
  ['mentees', 'meera.iyer@example.org'],
  ['mentees', 'left@example.org;left@example.org;meera.iyer@example.org'],
  ['categories', 'Communication, Writing'],
  ['custom.grade', '6.0'],
  ['custom.colour', 'undefined'],
  ['custom.toString', 'x'],
];

t.test('a cell that says what is stored is known for it', async (t) => {
  for (const [field, text] of REPEATED) {
    t.same([...repeatedFields(current, { written: new Map([[field, text]]) })], [field], `${field}: ${text}`);
  }
  for (const [field, text] of DIFFERENT) {
    t.same([...repeatedFields(current, { written: new Map([[field, text]]) })], [], `${field}: ${text}`);
  }
  t.same([...repeatedFields(current, { title: 'Leading a school' })], [], 'a change without cells');
});

t.test('fields that are left out are neither asked for nor unread', async (t) => {
  const change = withoutFields(
    {
      title: 'Another',
      mentees: [],
      menteeCount: 0,
      custom: { grade: 7, online: null },
      unread: new Set<DraftField>(['custom.grade', 'date']),
    },
    new Set<DraftField>(['mentees', 'custom.grade']),
  );
  t.equal(change.title, 'Another');
  t.equal(change.mentees, undefined);
  t.equal(change.menteeCount, undefined);
  t.same(change.custom, { online: null });
  t.same([...(change.unread ?? [])], ['date']);
});
