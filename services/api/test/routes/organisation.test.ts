import { DEFAULT_SETTINGS } from '@mentorline/domain';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call, store, organisation, otherOrganisation } = await openGateway(t);
const ADMIN = 'admin@example.org';
const MANAGER = 'manager@example.org';
const MEERA = 'meera.iyer@example.org';
const patch = (body: unknown, headers = {}) => call(ADMIN, 'PATCH', '/v1/organisation', body, headers);
const HALL = { name: 'hall', label: 'Hall', type: 'text', required: true, allowedValues: ['North', 'South'] };
const SIZE = { name: 'size', label: 'Size', type: 'number', required: false, allowedValues: [] };

t.test('an administrator reads the organisation, with what it has not set itself too', async (t) => {
  const answer = await call(ADMIN, 'GET', '/v1/organisation');
  t.equal(answer.headers.etag, '"1"');
  t.strictSame(answer.json(), {
    id: organisation.id,
    version: 1,
    name: 'Example Schools',
    settings: DEFAULT_SETTINGS,
    customFields: [],
    relatedOrganisations: [],
  });
  for (const email of [MANAGER, 'asha.rao@example.org', 'operator@example.org']) {
    t.equal((await call(email, 'GET', '/v1/organisation')).statusCode, 403, email);
    t.equal((await call(email, 'PATCH', '/v1/organisation', {})).statusCode, 403, email);
  }
});

t.test('settings are changed one by one, and hold at once', async (t) => {
  const answer = await patch({
    name: 'Example Schools of the South',
    settings: {
      slotGapMinutes: 15,
      enrolmentLimit: 1,
      timeZone: 'ist',
      workingHours: { from: '09:00', to: '24:00' },
      brandColor: '#0F5132',
    },
  });
  t.equal(answer.headers.etag, '"2"');
  const workingHours = { from: '09:00', to: '24:00' };
  t.match(answer.json(), {
    version: 2,
    name: 'Example Schools of the South',
    settings: {
      ...DEFAULT_SETTINGS,
      slotGapMinutes: 15,
      enrolmentLimit: 1,
      timeZone: 'Asia/Kolkata',
      workingHours,
      brandColor: '#0F5132',
    },
  });
  const mentees = ['meera.iyer@example.org', 'arjun.nair@example.org'];
  const full = await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ mentees }));
  t.match(full.json().errors, [{ code: 'SEATS_FULL' }]);
  await patch({ settings: { enrolmentLimit: 5 } });
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ mentees }))).statusCode, 201);
  const near = sessionBody({ start: '2027-06-14T10:40:00Z' });
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', near)).statusCode, 409, 'within the gap');

  const other = (await store.organisations.findOrganisation(otherOrganisation.id))!;
  t.match(other, { name: 'Other Academy', settings: DEFAULT_SETTINGS, version: 1 });
});

t.test('what cannot be is refused, all of it at once', async (t) => {
  for (const [body, ...pointers] of [
    [{ settings: { enrolmentLimit: 0 } }, '/settings/enrolmentLimit'],
    [{ settings: { enrolmentLimit: 1.5 } }, '/settings/enrolmentLimit'],
    [{ settings: { maxDurationMinutes: 1441 } }, '/settings/maxDurationMinutes'],
    [{ settings: { slotGapMinutes: -1 } }, '/settings/slotGapMinutes'],
    [{ settings: { slotGapMinutes: { $gt: 0 } } }, '/settings/slotGapMinutes'],
    [{ settings: { newOptions: 'maybe' } }, '/settings/newOptions'],
    [{ settings: { requiredFields: ['title'] } }, '/settings/requiredFields/0'],
    [{ settings: { requiredFields: ['link', 'link'] } }, '/settings/requiredFields'],
    [{ settings: { workingHours: { from: '9', to: '17:00' } } }, '/settings/workingHours/from'],
    [{ settings: { brandColor: 'red' } }, '/settings/brandColor'],
    [{ settings: { brandColor: '#123456;display:none' } }, '/settings/brandColor'],
    [{ settings: { colour: 'red' } }, '/settings/colour'],
    [{ settings: { $set: {} } }, '/settings/$set'],
    [
      {
        settings: {
          timeZone: 'Mars/Base',
          minDurationMinutes: 90,
          maxDurationMinutes: 60,
          workingHours: { from: '17:00', to: '09:00' },
        },
      },
      ...['/settings/timeZone', '/settings/minDurationMinutes', '/settings/workingHours'],
    ],
    [{ name: ' ' }, '/name'],
    [{ name: 'a\u0000b' }, '/name'],
    [{ relatedOrganisations: [otherOrganisation.id] }, '/relatedOrganisations'],
    [{ version: 7 }, '/version'],
  ] as const) {
    const answer = await patch(body);
    t.equal(answer.statusCode, 422, JSON.stringify(body));
    t.same(
      answer.json().errors.map(({ pointer }: { pointer: string }) => pointer),
      pointers,
    );
  }
});

t.test('of two who change the same state one is told that it has changed', async (t) => {
  const { etag } = (await call(ADMIN, 'GET', '/v1/organisation')).headers;
  const [one, other] = await Promise.all(
    [20, 25].map((slotGapMinutes) => patch({ settings: { slotGapMinutes } }, { 'if-match': etag as string })),
  );
  t.same([one!.statusCode, other!.statusCode].sort(), [200, 412]);
  const stale = [one!, other!].find(({ statusCode }) => statusCode === 412)!;
  t.equal(stale.json().code, 'PRECONDITION_FAILED');
  t.equal((await patch({ settings: { slotGapMinutes: 0 } }, { 'if-match': '*' })).statusCode, 200);
  t.equal((await patch({}, { 'if-match': 'W/"4"' })).statusCode, 412, 'a weak tag matches nothing');
  const { version } = (await call(ADMIN, 'GET', '/v1/organisation')).json();
  t.equal(
    (await patch({ settings: { slotGapMinutes: 0 } })).json().version,
    version,
    'nothing changes: no new version',
  );
});

t.test('custom fields hold for forms, sessions and files', async (t) => {
  const answer = await patch({ customFields: [HALL, { name: 'size', label: 'Size', type: 'number' }] });
  t.strictSame(answer.json().customFields, [HALL, SIZE]);
  const sample = await call(MANAGER, 'GET', '/v1/imports/sample.csv');
  t.match(sample.body.split('\r\n')[0], /Meeting Passcode \(if needed\),Hall,Size$/);
  const day = { start: '2027-06-20T09:30:00Z' };
  const missing = await call(MANAGER, 'POST', '/v1/sessions', sessionBody(day));
  t.match(missing.json().errors, [{ pointer: '/custom/hall', code: 'FIELD_REQUIRED' }]);
  const created = await call(
    MANAGER,
    'POST',
    '/v1/sessions',
    sessionBody({ ...day, custom: { hall: 'north', size: 12 } }),
  );
  t.match(created.json(), { custom: { hall: 'North', size: 12 } });

  await patch({ customFields: [SIZE] });
  t.match(
    (await call(MANAGER, 'GET', `/v1/sessions/${created.json().id}`)).json(),
    { custom: { hall: 'North' } },
    'sessions keep the values of a field that is taken away',
  );
});

t.test('custom fields are told apart from all columns, and stay what they are', async (t) => {
  await patch({ customFields: [SIZE] });
  for (const [field, part] of [
    [{ ...HALL, name: '1hall' }, 'name'],
    [{ ...HALL, name: '__proto__' }, 'name'],
    [{ ...HALL, name: 'title' }, 'name'],
    [{ ...HALL, label: 'Recommended For' }, 'label'],
    [{ ...HALL, label: 'Status' }, 'label'],
    [{ ...HALL, label: '(hall)' }, 'label'],
    [{ ...HALL, label: 'SIZE' }, 'label'],
    [{ ...HALL, type: 'colour' }, 'type'],
    [{ ...HALL, type: 'number' }, 'allowedValues/0'],
    [{ ...HALL, allowedValues: ['North', 'NORTH'] }, 'allowedValues'],
    [{ ...HALL, allowedValues: [{ $ne: 1 }] }, 'allowedValues/0'],
    [{ ...HALL, colour: 'red' }, 'colour'],
  ] as const) {
    const answer = await patch({ customFields: [SIZE, field] });
    t.equal(answer.statusCode, 422, JSON.stringify(field));
    t.equal(answer.json().errors[0].pointer, `/customFields/1/${part}`);
  }
  const retyped = await patch({ customFields: [{ ...SIZE, type: 'text' }] });
  t.match(retyped.json().errors, [{ pointer: '/customFields/0/type' }]);
  const many = Array.from({ length: 51 }, (_, n) => ({ ...SIZE, name: `size${n}`, label: `Size ${n}` }));
  t.equal((await patch({ customFields: many })).statusCode, 422);
  t.equal((await patch({ customFields: many.slice(1) })).statusCode, 200);
  await patch({ customFields: [] });
});

t.test('related organisations are shown; who may see whose people is not its own to say', async (t) => {
  await store.organisations.relateOrganisations(organisation.id, otherOrganisation.id);
  t.same((await call(ADMIN, 'GET', '/v1/organisation')).json().relatedOrganisations, [
    { id: otherOrganisation.id, name: 'Other Academy' },
  ]);
});

t.test('fields that the organisation requires are asked for by form, session, check and edit', async (t) => {
  await patch({ settings: { requiredFields: ['mentees', 'link'] } });
  const form = (await call(MANAGER, 'GET', '/v1/forms/session')).json();
  const field = (pointer: string) => form.fields.find((one: { pointer: string }) => one.pointer === pointer);
  t.match(field('/mentees'), { required: true });
  t.match(field('/meeting/link'), { requiredForPlatforms: ['GOOGLE_MEET', 'WHATSAPP', 'ZOOM'] });
  t.equal(field('/meeting/passcode').requiredForPlatforms, undefined);
  const without = sessionBody({ start: '2027-09-14T10:40:00Z', mentees: [], meeting: { platform: 'ZOOM' } });
  const errors = [
    { pointer: '/mentees', code: 'FIELD_REQUIRED' },
    { pointer: '/meeting/link', code: 'FIELD_REQUIRED' },
  ];
  const refused = await call(MANAGER, 'POST', '/v1/sessions', without);
  t.equal(refused.statusCode, 422);
  t.match(refused.json().errors, errors);
  t.match((await call(MANAGER, 'POST', '/v1/sessions/check', without)).json(), { ok: false, errors });
  const meeting = { platform: 'ZOOM', link: 'https://zoom.us/j/123456789' };
  const made = await call(MANAGER, 'POST', '/v1/sessions', { ...without, mentees: [MEERA], meeting });
  t.equal(made.statusCode, 201, made.body);
  const edit = (body: object) => call(MANAGER, 'PATCH', `/v1/sessions/${made.json().id}`, body);
  t.match((await edit({ mentees: [] })).json().errors, [errors[0]]);
  t.match((await edit({ meeting: { link: null } })).json().errors, [errors[1]]);
  await patch({ settings: { requiredFields: [] } });
  t.equal((await edit({ mentees: [] })).statusCode, 200);
});

t.test('the form of a session says what the rules will ask', async (t) => {
  await patch({
    settings: { enrolmentLimit: 7, minDurationMinutes: 45, maxDurationMinutes: 90, newOptions: 'reject' },
    customFields: [HALL, SIZE],
  });
  const form = (await call(MANAGER, 'GET', '/v1/forms/session')).json();
  t.match(form, { timeZone: 'Asia/Kolkata', seats: { limit: 7 } });
  t.same(
    form.organisations.map(({ id }: { id: string }) => id),
    [organisation.id, otherOrganisation.id],
    'what the picker can be narrowed down to',
  );
  const field = (pointer: string) => form.fields.find((one: { pointer: string }) => one.pointer === pointer);
  t.same(
    form.fields.map(({ pointer }: { pointer: string }) => pointer),
    [
      ...[
        '/image',
        '/title',
        '/description',
        '/type',
        '/mentor',
        '/mentees',
        '/start',
        '/timeZone',
        '/durationMinutes',
      ],
      ...['/recommendedFor', '/categories', '/medium'],
      ...['/meeting/platform', '/meeting/link', '/meeting/meetingId', '/meeting/passcode'],
      ...['/custom/hall', '/custom/size'],
    ],
  );
  t.match(field('/image'), {
    ...{ kind: 'image', required: false, column: null, sentTo: '/v1/sessions/{id}/image' },
    ...{
      contentTypes: ['image/jpeg', 'image/png', 'image/webp'],
      maxBytes: 5_242_880,
      maxPixels: 40_000_000,
    },
  });
  t.match(field('/title'), { required: true, maxLength: 255, column: 'title' });
  t.match(field('/description'), { maxLength: 5000 });
  t.match(field('/mentor'), { required: true, changeable: false, choicesFrom: '/v1/users?role=mentor' });
  t.match(field('/mentees'), { required: false, requiredForTypes: ['PRIVATE'], maxItems: 7 });
  t.match(field('/durationMinutes'), { minimum: 45, maximum: 90 });
  t.match(field('/medium'), { choicesFrom: '/v1/options/media', newChoices: false, required: true });
  t.match(field('/meeting/platform').choices, [
    { value: 'BBB', label: 'BigBlueButton' },
    { value: 'GOOGLE_MEET', hosts: ['meet.google.com'] },
    { value: 'WHATSAPP' },
    { value: 'ZOOM' },
  ]);
  t.match(field('/custom/hall'), {
    kind: 'choice',
    required: true,
    choices: [{ value: 'North' }, { value: 'South' }],
  });
  t.equal((await call('asha.rao@example.org', 'GET', '/v1/forms/session')).statusCode, 403);

  for (const { pointer, choicesFrom } of form.fields) {
    if (choicesFrom) t.equal((await call(MANAGER, 'GET', choicesFrom)).statusCode, 200, pointer);
  }
  const empty = await call(MANAGER, 'POST', '/v1/sessions', {});
  const missing = new Set(empty.json().errors.map(({ pointer }: { pointer: string }) => pointer));
  for (const { pointer, required } of form.fields) {
    const asked = missing.has(pointer === '/durationMinutes' ? '/end' : pointer);
    t.equal(asked, required, `${pointer} is asked for if the form says so`);
  }
});

t.test('each change is noted by the fields that it changed', async (t) => {
  const log = store.connection.collection('auditLog');
  const entries = await log.find({ action: 'organisation.updated' }).sort({ _id: 1 }).toArray();
  t.match(entries[0], {
    email: ADMIN,
    target: { kind: 'organisation', id: organisation.id },
  });
  t.same([...entries[0]!.fields].sort(), [
    'name',
    'settings.brandColor',
    'settings.enrolmentLimit',
    'settings.slotGapMinutes',
    'settings.workingHours',
  ]);
});
