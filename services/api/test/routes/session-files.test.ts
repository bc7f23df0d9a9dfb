import { readRecords } from '@mentorline/csv';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call, store, users, password } = await openGateway(t);
const MANAGER = 'manager@example.org';
const CSV = { 'content-type': 'text/csv' };
const HEADER =
  'Action,id,title,description,type,Mentor(Email),Mentees(Email),Date(DD-MM-YYYY),Time Zone(IST/UTC),' +
  'Time (24 hrs),Duration(Min),recommended_for,categories,medium,Meeting Platform,Meeting Link,' +
  'Meeting Passcode (if needed),Hall';

await store.connection.collection('organisations').updateOne(
  { name: 'Example Schools' },
  {
    $set: {
      customFields: [{ name: 'hall', label: 'Hall', type: 'text', required: false, allowedValues: [] }],
    },
  },
);
const create = async (more: Record<string, unknown>) => {
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody(more));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id as string;
};
const open = await create({
  title: '=Open',
  mentees: ['meera.iyer@example.org'],
  custom: { hall: 'B, left' },
});
const talk = await create({
  title: 'Talk',
  mentor: 'vikram.shah@example.org',
  start: '2027-06-15T12:00:00Z',
  durationMinutes: 45,
  timeZone: 'Europe/Paris',
  meeting: { platform: 'ZOOM', link: 'https://zoom.us/j/84839928742?pwd=secret' },
});

t.test(
  "the organisation's sessions come as a file of the import, in order, ready for a spreadsheet",
  async (t) => {
    const answer = await call(MANAGER, 'GET', '/v1/sessions.csv');
    t.equal(answer.statusCode, 200);
    t.match(answer.headers, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': /^attachment; filename="sessions\.csv"/,
      'cache-control': 'private, no-store',
    });
    t.equal(
      answer.body,
      [
        `\ufeff${HEADER}`,
        `Edit,${open},'=Open,How heads plan a year of change,Public,asha.rao@example.org,meera.iyer@example.org,` +
          '14-06-2027,IST,15:00,60,Teachers,Communication,English,BigBlueButton,,,"B, left"',
        `Edit,${talk},Talk,How heads plan a year of change,Public,vikram.shah@example.org,,` +
          '15-06-2027,Europe/Paris,14:00,45,Teachers,Communication,English,Zoom,' +
          'https://zoom.us/j/84839928742?pwd=secret,secret,',
        '',
      ].join('\r\n'),
    );
    const uploaded = await call(MANAGER, 'POST', '/v1/imports', answer.rawPayload, CSV);
    t.match([uploaded.statusCode, uploaded.json().warnings], [202, []], 'it can be uploaded as it is');
  },
);

t.test('it is narrowed down and ordered like the list', async (t) => {
  const ids = async (query: string) => {
    const answer = await call(MANAGER, 'GET', `/v1/sessions.csv?${query}`);
    return answer.body
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[1]);
  };
  t.same(await ids('sort=-start'), [talk, open]);
  t.same(await ids('mentor=vikram.shah@example.org'), [talk]);
  t.same(await ids(`mentor=${users.get('asha.rao@example.org')!.id}`), [open]);
  t.same(await ids('mentor=nobody@example.org'), []);
  t.same(await ids('to=2027-06-15T00:00:00Z'), [open]);
  t.same(await ids('from=2027-06-15T00:00:00Z&type=PUBLIC&status=PUBLISHED'), [talk]);
  t.same(await ids('status=CANCELLED'), []);
  const unknown = await call(MANAGER, 'GET', '/v1/sessions.csv?limit=1');
  t.match([unknown.statusCode, unknown.json().errors], [422, [{ pointer: '/limit', code: 'FIELD_UNKNOWN' }]]);
});

t.test('only managers get it, and only what is of their organisation', async (t) => {
  for (const email of ['asha.rao@example.org', 'meera.iyer@example.org', 'operator@example.org']) {
    t.equal((await call(email, 'GET', '/v1/sessions.csv')).statusCode, 403, email);
  }
  t.equal((await call(null, 'GET', '/v1/sessions.csv')).statusCode, 401);
  const other = await call('manager@other.example.net', 'GET', '/v1/sessions.csv');
  t.equal(other.body, `\ufeff${HEADER.replace(',Hall', '')}\r\n`);
  const authorization = `Basic ${Buffer.from(`${MANAGER}:${password}`).toString('base64')}`;
  const opened = await call(null, 'GET', '/v1/sessions.csv', undefined, { authorization });
  t.equal(opened.statusCode, 200, 'a browser may open it with a password');
});

t.test('a file of many pages has every session once', async (t) => {
  const sessions = store.connection.collection('sessions');
  const [one] = await sessions.find().toArray();
  const { ObjectId } = store.connection.base.Types;
  const many = Array.from({ length: 1100 }, (_, index) => ({
    ...one,
    _id: new ObjectId(),
    // Many begin at the same time, across the ends of pages too.
    start: new Date(Date.UTC(2028, 0, 1 + Math.floor(index / 300), 9)),
    end: new Date(Date.UTC(2028, 0, 1 + Math.floor(index / 300), 10)),
  }));
  await sessions.insertMany(many);
  const { rawPayload } = await call(MANAGER, 'GET', '/v1/sessions.csv?from=2028-01-01T00:00:00Z');
  const ids: string[] = [];
  const source = (async function* () {
    yield rawPayload;
  })();
  for await (const { records } of readRecords(source, { encoding: 'utf-8', bom: true, delimiter: ',' })) {
    ids.push(...records.map(({ cells }) => cells[1]!));
  }
  t.same(
    ids,
    many.map(({ _id }) => _id.toHexString()),
  );
});
