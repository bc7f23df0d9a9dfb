import { foldText } from '@mentorline/domain';
import t from 'tap';
import { newId, type UserQuery } from '../src/index.ts';
import { openStore } from './open-store.ts';
import { checkPlan } from './query-plan.ts';

const NAMES = [
  'Asha Rao',
  'Asha Rao Iyer',
  'Rao Asha',
  'Iyer',
  'Meera Asha',
  'Asharao',
  'Ravi Iyer',
  'Ra Iyer',
];
const PAGE = 3;

t.test('people of several words, in either order: all of them, each once, in order of name', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const people = Array.from({ length: 5 }, (_, n) =>
    NAMES.map((name, at) => ({
      ...{ organisationId, name, roles: ['mentor' as const] },
      email: `${at % 2 ? 'rao' : 'x'}.${n}.${at}@example.org`,
    })),
  ).flat();
  await store.users.createUsers(people);
  const hasWord = ({ name, email }: (typeof people)[number], word: string): boolean =>
    foldText(`${name} ${email}`)
      .split(/[^a-z0-9]+/u)
      .some((own) => own.startsWith(word));

  for (const words of [
    ['asha', 'rao'],
    ['rao', 'asha'],
    ['ra', 'iy'],
    ['asha', 'rao', 'iyer'],
    ['a', 'zzz'],
  ]) {
    const expected = people.filter((person) => words.every((word) => hasWord(person, word)));
    for (const direction of [1, -1] as const) {
      const query: UserQuery = {
        ...{ organisationIds: [organisationId], active: true, role: 'mentor', words, direction, limit: PAGE },
      };
      let page = (await store.users.listDirectory(query)).items;
      const found = [...page];
      while (page.length === PAGE) {
        page = await store.users.readDirectoryPage({ ...query, after: store.users.placeOf(page.at(-1)!) });
        found.push(...page);
      }
      const title = `${words.join(' ')}, ${direction}`;
      t.same(found.map(({ email }) => email).sort(), expected.map(({ email }) => email).sort(), title);
      const places = found.map(({ name, id }) => `${foldText(name)}\n${id}`);
      const sorted = [...places].sort();
      t.same(places, direction === 1 ? sorted : sorted.reverse(), `${title}: in order`);
    }
  }
});

t.test('those with a name of which many begin so are found without looking at all before them', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const namesakes = 700;
  await store.users.createUsers(
    ['Baya Aba', 'Ziya Rao', 'Baya Rao'].flatMap((name) =>
      Array.from({ length: name === 'Baya Rao' ? 40 : namesakes }, (_, n) => ({
        ...{ organisationId, name, email: `${name.replace(' ', '.')}.${n}@example.org`.toLowerCase() },
        roles: ['mentee' as const],
      })),
    ),
  );
  for (const words of [
    ['baya', 'rao'],
    ['rao', 'baya'],
  ]) {
    const query = {
      organisationIds: [organisationId],
      active: true,
      words,
      direction: 1 as const,
      limit: 20,
    };
    await checkPlan(
      t,
      store,
      { title: words.join(' '), run: () => store.users.listDirectory(query) },
      { mostDocs: 100 },
    );
  }
});

t.test('a rare designation leads a search for a word that all have', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const people = Array.from({ length: 700 }, (_, n) => ({
    ...{ organisationId, name: `Person ${n}`, email: `${n}@example.org`, roles: ['mentee' as const] },
  }));
  await store.users.createUsers(people);
  await store.users.createUser({ ...people[0]!, email: 'head@example.org', designation: 'Head teacher' });
  for (const words of [['example'], ['per', 'exam']]) {
    const query: UserQuery = {
      ...{ organisationIds: [organisationId], active: true, words, designation: 'head teacher' },
      ...{ direction: 1, limit: 20 },
    };
    const list = () => store.users.listDirectory(query);
    t.match((await list()).items, [{ email: 'head@example.org' }]);
    await checkPlan(t, store, { title: words.join(' '), run: list }, { mostDocs: 20 });
  }
});
