import t from 'tap';
import {
  acceptFile,
  brokenPromises,
  createPeople,
  randomRows,
  runSuite,
  sessionFile,
  setup,
  waitFor,
} from '../src/index.ts';

t.test('whoever looks for broken promises sees each that is broken', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const suite = await runSuite(t, fixtures, { services: ['importer', 'notifier'] });
  await createPeople(store, organisation.id, 5);
  const { id } = await acceptFile(
    fixtures,
    sessionFile(randomRows({ rows: 60, mentors: 5, days: 20, seed: 61 })),
  );
  await waitFor('the import ends and its mail is sent', async () => {
    const { mailId } = (await store.imports.findImport(id))!;
    return mailId !== null && (await store.mails.findMail(mailId))?.status === 'sent';
  });
  const collection = (name: string) => store.connection.collection(name);
  const sessions = collection('sessions');
  const [first, second, third, fourth] = await sessions.find().limit(4).toArray();
  const mail = (await collection('mails').findOne({}))!;
  const results = (await collection('importResults').findOne({}))!;
  const imports = collection('imports');
  const look = (): Promise<string[]> => brokenPromises(store, suite.inbox);
  t.same(await look(), []);

  const faults: [what: RegExp, doIt: () => Promise<unknown>][] = [
    [
      /overlaps or touches/u,
      () => {
        const { _id, importId: _import, importRow: _row, ...plain } = first!;
        const touching = { ...plain, start: plain.end, end: new Date(plain.end.getTime() + 60_000) };
        return sessions.insertOne(touching);
      },
    ],
    [/differ in title/u, () => sessions.updateOne({ _id: second!._id }, { $set: { title: 'Another' } })],
    [/is not in the results/u, () => sessions.updateOne({ _id: third!._id }, { $set: { importRow: 999 } })],
    [/rows published, \d+ sessions stored/u, () => sessions.deleteOne({ _id: fourth!._id })],
    [
      /row \d+ has two results/u,
      () => {
        const { _id, ...plain } = results;
        return collection('importResults').insertOne({ ...plain, lastRow: results.lastRow + 1_000 });
      },
    ],
    [/has no result/u, () => collection('importResults').deleteMany({ firstRow: results.firstRow })],
    [/results for 60 rows/u, async () => {}],
    [/a check has left/u, () => imports.updateOne({}, { $set: { mode: 'check' } })],
    [/bytes of report/u, () => imports.updateOne({}, { $set: { 'report.sizeBytes': 1 } })],
    [/no report/u, () => imports.updateOne({}, { $set: { report: null } })],
    [
      /has 2 mails/u,
      async () => {
        const { _id, ...plain } = mail;
        await collection('mails').dropIndexes();
        await collection('mails').insertOne({ ...plain, messageId: '<another@example.org>' });
      },
    ],
    [/was sent and never came/u, async () => {}],
    [/that nobody wrote/u, () => collection('mails').deleteOne({ _id: mail._id })],
  ];
  for (const [what, doIt] of faults) {
    await doIt();
    t.match((await look()).join('\n'), what);
  }
});
