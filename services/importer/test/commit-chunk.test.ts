import type { CustomField } from '@mentorline/domain';
import { type Import, newId, type RowResult, type Store } from '@mentorline/store';
import {
  brokenPromises,
  createPeople,
  type Fixtures,
  mentorEmail,
  sessionFile,
  setup,
} from '@mentorline/testkit';
import t from 'tap';
import { goodRow, importFile } from './run-file.ts';

async function withCustomFields(fixtures: Fixtures, customFields: CustomField[]): Promise<Fixtures> {
  const { store, organisation } = fixtures;
  await store.connection
    .collection('organisations')
    .updateOne({ name: organisation.name }, { $set: { customFields } });
  return { ...fixtures, organisation: (await store.organisations.findOrganisation(organisation.id))! };
}

function sessionsOf(store: Store, { id }: Import) {
  return store.connection
    .collection('sessions')
    .find({ importId: { $exists: true } })
    .sort({ importRow: 1 })
    .toArray()
    .then((sessions) => sessions.filter(({ importId }) => String(importId) === id));
}

const codes = (results: readonly RowResult[]): string[][] =>
  results.map(({ errors }) => errors.map(({ code }) => code));

t.test(
  'new options are spelled as in the first row that was published, however the rows were dealt out',
  async (t) => {
    const spellings = ['LIFE SKILLS', 'Life skills', 'life  Skills', 'Life Skills'];
    for (const partitions of ['1', '16']) {
      const fixtures = await setup(t);
      const { store, organisation } = fixtures;
      await createPeople(store, organisation.id, 40);
      const rows = [
        // Refused, so it brings no option.
        goodRow({ Mentor: 'nobody@example.org', categories: 'life skills', medium: 'Klingon' }),
        ...Array.from({ length: 160 }, (_, n) =>
          goodRow({
            Mentor: mentorEmail((n * 7) % 40),
            Date: `0${1 + Math.floor(n / 40)}-06-2031`,
            categories: `${spellings[n % 4]}, Topic ${n % 10}`,
          }),
        ),
      ];
      const env = { IMPORT_PARTITIONS: partitions, IMPORT_CHUNK_ROWS: '3' };
      const { ended } = await importFile(fixtures, sessionFile(rows), env);
      t.match(ended.rows, { published: 160, invalid: 1 }, `${partitions} partitions`);
      const catalogue = await store.options.loadCatalogue(organisation.id);
      t.equal(catalogue.label('categories', 'life_skills'), 'LIFE SKILLS');
      t.equal(catalogue.find('medium', 'Klingon'), undefined);
      const options = store.connection.collection('options');
      t.equal(await options.countDocuments({ field: 'categories' }), 11);
      for (const { categories } of await sessionsOf(store, ended)) {
        t.match(categories, ['life_skills', /^topic_\d$/]);
      }
    }
  },
);

t.test('an organisation that takes no new options refuses them', async (t) => {
  const fixtures = await setup(t);
  const { organisation } = fixtures;
  await fixtures.store.connection
    .collection('organisations')
    .updateOne({ name: organisation.name }, { $set: { 'settings.newOptions': 'reject' } });
  await fixtures.store.transaction((transaction) =>
    fixtures.store.options.claimOptions(transaction, { organisationId: organisation.id }, [
      { field: 'recommendedFor', value: 'teachers', label: 'Teachers', row: null },
      { field: 'categories', value: 'communication', label: 'Communication', row: null },
    ]),
  );
  const { results } = await importFile(fixtures, sessionFile([goodRow()]));
  t.match(results, [
    {
      status: 'Invalid',
      errors: [{ code: 'OPTION_UNKNOWN', column: 'medium', message: 'Unknown medium: English' }],
    },
  ]);
});

t.test('custom columns fill the organisation’s fields, and faults name them by label', async (t) => {
  const fixtures = await withCustomFields(await setup(t), [
    { name: 'region', label: 'Home region', type: 'text', required: true, allowedValues: ['North', 'South'] },
    { name: 'seats', label: 'Seats', type: 'number', required: false, allowedValues: [] },
  ]);
  const file = (rows: [string, string, string][]): Buffer => {
    const [header, ...lines] = sessionFile(rows.map((_, n) => goodRow({ Date: `0${n + 1}-06-2031` })))
      .toString()
      .trimEnd()
      .split('\r\n');
    const records = lines.map((line, n) => `${line},${rows[n]!.join(',')}`);
    return Buffer.from([`${header},home region,SEATS,Remarks`, ...records].join('\r\n'));
  };
  const { ended, results } = await importFile(
    fixtures,
    file([
      ['north', '12', 'kept'],
      ['South', '', ''],
      ['', '3', ''],
      ['West', 'many', ''],
    ]),
  );
  t.same(ended.warnings, ['Unknown column: Remarks']);
  t.same(codes(results), [[], [], ['FIELD_REQUIRED'], ['CUSTOM_FIELD_INVALID', 'CUSTOM_FIELD_INVALID']]);
  t.same(
    results[3]?.errors.map(({ column, message }) => [column, message]),
    [
      ['Home region', 'Invalid Home region: West'],
      ['Seats', 'Invalid Seats: many'],
    ],
  );
  t.equal(results[2]?.errors[0]?.column, 'Home region');
  t.equal(results[0]?.cells.at(-1), 'kept');
  const sessions = await sessionsOf(fixtures.store, ended);
  t.same(
    sessions.map(({ custom }) => custom),
    [{ region: 'North', seats: 12 }, { region: 'South' }],
  );
});

t.test('a spreadsheet’s “Unicode text” with semicolons is read like any other file', async (t) => {
  const fixtures = await setup(t);
  const title = 'पढ़ने का मंडल 📚';
  const text = sessionFile([goodRow({ title }), goodRow({ Mentor: 'ASHA.RAO@example.org' })])
    .toString()
    .replaceAll(',', ';');
  const file = Buffer.from(`\ufeff${text}`, 'utf16le');
  const { ended, results } = await importFile(fixtures, file);
  t.match(ended, { encoding: 'utf-16le', bom: true, delimiter: ';', rows: { published: 1, invalid: 1 } });
  t.same(codes(results), [[], ['MENTOR_SLOT_TAKEN']]);
  t.match(await sessionsOf(fixtures.store, ended), [{ title }]);
});

t.test(
  'a mentor whom two organisations share is booked once, and neither learns about the other',
  async (t) => {
    const fixtures = await setup(t);
    const { store, organisation, otherOrganisation, users } = fixtures;
    const rows = [goodRow({ title: 'A private matter' })];
    const stranger = users.get('manager@other.example.net')!;
    const other = async (): Promise<Fixtures> => ({
      ...fixtures,
      organisation: (await store.organisations.findOrganisation(otherOrganisation.id))!,
      users: new Map([['manager@example.org', stranger]]),
    });
    t.same(codes((await importFile(await other(), sessionFile(rows))).results), [['USER_NOT_FOUND']]);

    await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
    const first = await importFile(fixtures, sessionFile(rows));
    t.match(first.ended.rows, { published: 1 });
    const { sessionId } = first.results[0]!;
    const second = await importFile(await other(), sessionFile([goodRow(), goodRow({ Time: '16:01' })]));
    t.same(codes(second.results), [['MENTOR_SLOT_TAKEN'], []]);
    t.equal(
      second.results[0]?.errors[0]?.message,
      'Asha Rao already has a session from 15:00 to 16:00 IST on 01-06-2031 ' +
        '(a session of another organisation); next free time: 01-06-2031 16:01',
    );
    t.notMatch(JSON.stringify(second.results), sessionId!);
    t.notMatch(JSON.stringify(second.results), 'A private matter');

    const again = await importFile(fixtures, sessionFile([...rows, goodRow({ Time: '16:30' })]));
    t.match(again.results[0]?.errors[0]?.message, `(${sessionId}); next free time: 01-06-2031 17:02`);
    t.match(again.results[1]?.errors[0]?.message, '(a session of another organisation)');
    t.same(await brokenPromises(store), []);
  },
);

t.test('rows change sessions of their own organisation, and learn nothing of others', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation, otherOrganisation } = fixtures;
  const { results } = await importFile(fixtures, sessionFile([goodRow()]));
  const own = results[0]!.sessionId!;
  await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
  const related = (await store.organisations.findOrganisation(otherOrganisation.id))!;
  const change = (id: string) => [
    { Action: 'Edit', id, title: 'Reading circles, again' },
    { Action: 'delete', id: id.toUpperCase() },
  ];
  const foreign = await importFile({ ...fixtures, organisation: related }, sessionFile(change(own)));
  t.same(codes(foreign.results), [['SESSION_NOT_FOUND'], ['SESSION_NOT_FOUND']]);
  const rows = [
    ...change(newId()),
    { Action: 'Delete', id: 'nonsense' },
    { Action: 'Edit' },
    ...change(own),
    ...change(own),
    // The slot is free again.
    goodRow(),
  ];
  const changed = await importFile(fixtures, sessionFile(rows));
  t.match(changed.ended.rows, { updated: 1, deleted: 1, published: 1, invalid: 6 });
  t.same(codes(changed.results), [
    ['SESSION_NOT_FOUND'],
    ['SESSION_NOT_FOUND'],
    ['SESSION_NOT_FOUND'],
    ['ACTION_INVALID'],
    [],
    [],
    ['SESSION_NOT_FOUND'],
    ['SESSION_NOT_FOUND'],
    [],
  ]);
  t.match(
    await store.sessions.readSessions(organisation.id, [own]),
    new Map([[own, { title: 'Reading circles, again', version: 3, cancelledAt: Date }]]),
  );
  t.same(await brokenPromises(store), []);
});
