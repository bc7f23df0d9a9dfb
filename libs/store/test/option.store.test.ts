import { optionValue } from '@mentorline/domain';
import fc from 'fast-check';
import t from 'tap';
import { newId, type OptionClaim, type Store } from '../src/index.ts';
import { openStore } from './open-store.ts';

interface Source {
  organisationId: string;
  importId?: string;
}

function claimOf(label: string, row: number | null, field: OptionClaim['field'] = 'categories'): OptionClaim {
  return { field, value: optionValue(label), label, row };
}

function claim(store: Store, source: Source, ...claims: OptionClaim[]): Promise<void> {
  return store.transaction((transaction) => store.options.claimOptions(transaction, source, claims));
}

function stored(store: Store) {
  return store.connection.collection('options').find().sort({ value: 1 }).toArray();
}

t.test(
  'a claimed option is found by label and value, ignoring case and white space, in its field',
  async (t) => {
    const store = await openStore(t);
    const organisationId = newId();
    await claim(
      store,
      { organisationId },
      claimOf('Block Education  Officer', null),
      claimOf('हिन्दी', null, 'medium'),
    );
    const catalogue = await store.options.loadCatalogue(organisationId);
    for (const text of ['block education officer', ' BLOCK  EDUCATION OFFICER ', 'block_education_officer']) {
      t.equal(catalogue.find('categories', text), 'block_education_officer', text);
    }
    t.equal(catalogue.find('recommendedFor', 'Block Education Officer'), undefined);
    t.equal(catalogue.find('medium', 'हिन्दी'), 'हिन्दी');
    t.equal(catalogue.label('categories', 'block_education_officer'), 'Block Education  Officer');
    t.equal(catalogue.label('categories', 'never_seen'), 'never_seen');
    t.equal((await store.options.loadCatalogue(newId())).find('medium', 'हिन्दी'), undefined);
  },
);

t.test(
  'of several spellings in one file the lowest row’s stays, in whatever order they commit',
  async (t) => {
    const store = await openStore(t);
    const spellings = ['Life skills', 'LIFE SKILLS', 'life_skills', 'Life Skills', 'life  skills'];
    const rows = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), {
      minLength: 1,
      maxLength: spellings.length,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (order) => {
        const source = { organisationId: newId(), importId: newId() };
        for (const [n, row] of order.entries()) await claim(store, source, claimOf(spellings[n]!, row));
        const lowest = spellings[order.indexOf(Math.min(...order))]!;
        const catalogue = await store.options.loadCatalogue(source.organisationId, source.importId);
        t.equal(catalogue.label('categories', 'life_skills'), lowest);
        t.equal(catalogue.find('categories', lowest), 'life_skills');
        t.equal(catalogue.mustClaim('categories', 'life_skills', Math.min(...order) - 1), true);
        t.equal(catalogue.mustClaim('categories', 'life_skills', Math.min(...order) + 1), false);
      }),
      { numRuns: 15 },
    );
    t.equal((await stored(store)).length, 15, 'one document each');
  },
);

t.test(
  'claims of one new option at the same time make one option, spelled as in the lowest row',
  async (t) => {
    const store = await openStore(t);
    const source = { organisationId: newId(), importId: newId() };
    const rows = Array.from({ length: 20 }, (_, n) => ((n * 7) % 20) + 1);
    await Promise.all(
      rows.map((row) =>
        claim(store, source, claimOf(row % 2 ? 'Teachers' : 'TEACHERS', row), claimOf(`Only ${row}`, row)),
      ),
    );
    const options = await stored(store);
    t.equal(options.length, 21);
    t.match(
      options.find(({ value }) => value === 'teachers'),
      { label: 'Teachers', importRow: 1 },
    );
  },
);

t.test('an option that was there before, or came with another file, keeps its spelling', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  await claim(store, { organisationId }, claimOf('Teachers', null));
  await claim(store, { organisationId, importId: newId() }, claimOf('Heads', 9));
  const importId = newId();
  await claim(store, { organisationId, importId }, claimOf('TEACHERS', 1), claimOf('HEADS', 2));
  const catalogue = await store.options.loadCatalogue(organisationId, importId);
  t.equal(catalogue.label('categories', 'teachers'), 'Teachers');
  t.equal(catalogue.label('categories', 'heads'), 'Heads');
  t.equal(catalogue.mustClaim('categories', 'teachers', 1), false);
  t.equal(catalogue.mustClaim('categories', 'heads', 1), false, 'no row of this file brought it');
  t.equal(catalogue.mustClaim('categories', 'parents', 1), true);
});

t.test('organisations do not share options', async (t) => {
  const store = await openStore(t);
  const [one, other] = [newId(), newId()];
  await claim(store, { organisationId: one }, claimOf('Teachers', null));
  await claim(store, { organisationId: other }, claimOf('TEACHERS', null));
  const value = { field: 'categories' as const, value: 'teachers' };
  const label = await store.options.labelsOf(
    [one, other].map((organisationId) => ({ organisationId, ...value })),
  );
  t.equal(label(one, 'categories', 'teachers'), 'Teachers');
  t.equal(label(other, 'categories', 'teachers'), 'TEACHERS');
  t.equal(label(other, 'medium', 'teachers'), 'teachers', 'what has no option is shown as it is');
});

t.test('options of a transaction that does not commit do not exist', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  await t.rejects(
    store.transaction(async (transaction) => {
      await store.options.claimOptions(transaction, { organisationId }, [claimOf('Teachers', 1)]);
      throw new Error('the slot was taken');
    }),
    { message: 'the slot was taken' },
  );
  t.same(await stored(store), []);
});

t.test('a retired option is known as such, and offered again by whoever claims it', async (t) => {
  const store = await openStore(t);
  const organisationId = newId();
  const field = 'categories' as const;
  const { id } = await store.transaction((transaction) =>
    store.options.addOption(transaction, { organisationId, field, label: 'Life skills' }),
  );
  const own = { organisationId, field, id };
  await store.transaction((transaction) =>
    store.options.changeOption(transaction, own, { label: 'Skills', isRetired: true }),
  );
  const catalogue = await store.options.loadCatalogue(organisationId);
  t.equal(catalogue.find(field, 'LIFE SKILLS'), 'life_skills');
  t.equal(catalogue.isRetired(field, 'life_skills'), true);
  t.equal(catalogue.mustClaim(field, 'life_skills', 1), true);
  const claim = { field, value: 'life_skills', label: 'skills', row: 1 };
  await store.transaction((transaction) =>
    store.options.claimOptions(transaction, { organisationId, importId: newId() }, [claim]),
  );
  t.match(await store.options.listOptions(organisationId, field), [
    { id, label: 'Skills', isRetired: false },
  ]);
  catalogue.add(field, ['skills', 'life_skills'], claim);
  t.equal(catalogue.isRetired(field, 'life_skills'), false);
});
