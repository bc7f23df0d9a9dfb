import { statusMessage } from '@mentorline/store';
import { sessionFile, setup } from '@mentorline/testkit';
import t from 'tap';
import { goodRow, importFile } from './run-file.ts';

t.test('rows without what their organisation requires are told so, the others are published', async (t) => {
  const fixtures = await setup(t);
  const settings = { 'settings.requiredFields': ['mentees', 'link'] };
  await fixtures.store.connection
    .collection('organisations')
    .updateOne({ name: fixtures.organisation.name }, { $set: settings });
  const invited = { Mentees: 'meera.iyer@example.org' };
  const { ended, results } = await importFile(
    fixtures,
    sessionFile([
      goodRow(),
      goodRow({ ...invited, Platform: 'Zoom', Date: '02-06-2031' }),
      goodRow({ ...invited, Platform: 'Zoom', Link: 'https://zoom.us/j/123456789', Date: '03-06-2031' }),
      goodRow({ ...invited, Date: '04-06-2031' }),
    ]),
  );
  t.equal(ended.status, 'completed');
  t.same(
    results.map((result) => [result.status, statusMessage(result)]),
    [
      ['Invalid', 'Mandatory field Mentees not filled'],
      ['Invalid', 'Mandatory field Meeting Link not filled'],
      ['Published', ''],
      ['Published', ''],
    ],
  );
});
