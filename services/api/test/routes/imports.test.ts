import { createHash } from 'node:crypto';
import { freePorts } from '@mentorline/devstack';
import { DAY_MS, HOUR_MS } from '@mentorline/runtime';
import { NO_ROWS, type RowResult } from '@mentorline/store';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ADMIN = 'admin@example.org';
const HEADER =
  'Action,id,title,description,type,Mentor(Email),Mentees(Email),Date(DD-MM-YYYY),Time Zone(IST/UTC),' +
  'Time (24 hrs),Duration(Min),recommended_for,categories,medium,Room';
const ROW =
  'Create,,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00 Hrs,60,Teachers,Communication,English,12';
const FILE = `${HEADER}\n${ROW}\n`;
const CSV = { 'content-type': 'text/csv' };

/** A form whose parts come in the given order. */
function form(...parts: [name: string, value: string | Buffer, fileName?: string][]) {
  const boundary = '----mentorline';
  const pieces = parts.flatMap(([name, value, fileName]) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`,
    fileName === undefined ? '\r\n\r\n' : `; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n`,
    value,
    '\r\n',
  ]);
  return {
    body: Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece))),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

t.test('uploads', async (t) => {
  const { call, store, users, clock } = await openGateway(t);
  const count = async (name: string) => store.connection.collection(name).countDocuments();
  const kept = async () => [await count('files.files'), await count('files.chunks'), await count('imports')];

  await t.test('a form is accepted with its fields in any order', async (t) => {
    for (const [index, parts] of (
      [
        [['file', FILE, 'June sessions.csv']],
        [
          ['kind', 'sessions'],
          ['file', FILE, 'June sessions.csv'],
          ['mode', 'apply'],
        ],
        [
          ['file', FILE, 'C:\\Users\\x\\June sessions.csv'],
          ['mode', 'apply'],
          ['notify', 'false'],
          ['kind', 'sessions'],
        ],
      ] as [string, string, string?][][]
    ).entries()) {
      // Uploads of the same file within a day are told apart elsewhere.
      clock.now = new Date(Date.parse('2027-06-01T00:00:00Z') + index * 2 * DAY_MS);
      const { body, headers } = form(...parts);
      const answer = await call(MANAGER, 'POST', '/v1/imports', body, headers);
      t.equal(answer.statusCode, 202);
      const accepted = answer.json();
      t.equal(answer.headers.location, `/v1/imports/${accepted.id}`);
      t.strictSame(accepted, {
        id: accepted.id,
        kind: 'sessions',
        mode: 'apply',
        notify: index < 2,
        undoes: null,
        status: 'queued',
        fileName: 'June sessions.csv',
        sizeBytes: FILE.length,
        sha256: createHash('sha256').update(FILE).digest('hex'),
        encoding: 'utf-8',
        delimiter: ',',
        warnings: ['Unknown column: Room'],
        uploadedBy: { id: users.get(MANAGER)!.id, name: 'Priya Menon', email: MANAGER },
        rows: { total: null, ...NO_ROWS },
        mails: 0,
        progress: 0,
        etaSeconds: null,
        failure: null,
        mail: null,
        acceptedAt: clock.now.toISOString().replace('.000Z', 'Z'),
        cancelRequestedAt: null,
        startedAt: null,
        finishedAt: null,
      });
      t.strictSame((await call(MANAGER, 'GET', `/v1/imports/${accepted.id}`)).json(), accepted);
    }
  });

  await t.test('a raw body is accepted with its fields in the query', async (t) => {
    const url = '/v1/imports?kind=sessions&mode=apply&fileName=%E0%A4%9C%E0%A5%82%E0%A4%A8.csv';
    const answer = await call('admin@example.org', 'POST', url, FILE, CSV);
    t.equal(answer.statusCode, 202);
    t.match(answer.json(), { fileName: 'जून.csv', uploadedBy: { email: 'admin@example.org' } });
    const stored = await store.imports.findImport(answer.json().id);
    const chunks: Buffer[] = [];
    for await (const chunk of store.files.readFile(stored!.fileId!)) chunks.push(chunk as Buffer);
    t.equal(Buffer.concat(chunks).toString(), FILE, 'the file is stored as it came');
  });

  await t.test('a file that is no session CSV is refused whole and leaves nothing', async (t) => {
    const before = await kept();
    // A zip whose first entry is `[Content_Types].xml` (19 characters), as Excel writes it.
    const zip = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      Buffer.alloc(26),
      Buffer.from('[Content_Types].xml'),
    ]);
    zip.writeUInt16LE(19, 26);
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000)]);
    const withoutType = FILE.replace(',type', ',kind of session');
    const twice = FILE.replace(',Room', ',Title');
    for (const [file, code, detail] of [
      [zip, 'FILE_NOT_TEXT', /This is an Excel workbook; save it as CSV/],
      [png, 'FILE_NOT_TEXT', /image/i],
      ['', 'FILE_EMPTY', /no rows/],
      [`${HEADER}\n\n`, 'FILE_EMPTY', /no rows/],
      [withoutType, 'COLUMN_MISSING', /missing: type/],
      [twice, 'COLUMN_DUPLICATE', /title/i],
      [Buffer.concat([Buffer.from(FILE), Buffer.from([0xc3, 0x28])]), 'FILE_ENCODING_INVALID', /UTF-8/],
    ] as const) {
      const { body, headers } = form(['file', Buffer.from(file), 'x.csv'], ['kind', 'sessions']);
      for (const answer of [
        await call(MANAGER, 'POST', '/v1/imports', body, headers),
        await call(MANAGER, 'POST', '/v1/imports', Buffer.from(file), CSV),
      ]) {
        t.equal(answer.statusCode, 422, code);
        t.match(answer.json(), { code, detail });
      }
    }
    t.same(await kept(), before);
  });

  await t.test('a form that is not an upload is refused and leaves nothing', async (t) => {
    const before = await kept();
    for (const [parts, code, pointer] of [
      [[['kind', 'sessions']], 'FILE_MISSING'],
      [
        [
          ['file', FILE, 'x.csv'],
          ['kind', 'mentors'],
        ],
        'VALIDATION_FAILED',
        '/kind',
      ],
      [
        [
          ['mode', 'try'],
          ['file', FILE, 'x.csv'],
        ],
        'VALIDATION_FAILED',
        '/mode',
      ],
      [
        [
          ['file', FILE, 'x.csv'],
          ['moed', 'apply'],
        ],
        'VALIDATION_FAILED',
        '/moed',
      ],
      [[['csv', FILE, 'x.csv']], 'VALIDATION_FAILED', '/csv'],
      [
        [
          ['file', FILE, 'x.csv'],
          ['file', FILE, 'y.csv'],
        ],
        'VALIDATION_FAILED',
        '/file',
      ],
    ] as [[string, string, string?][], string, string?][]) {
      const { body, headers } = form(...parts);
      const answer = await call(MANAGER, 'POST', '/v1/imports', body, headers);
      t.equal(answer.statusCode, 422, code);
      t.match(answer.json(), { code, errors: pointer ? [{ pointer }] : [] });
    }
    const file = ['file', FILE, 'x.csv'] as const;
    const kind = ['kind', 'sessions'] as const;
    for (const [parts, status, code, detail] of [
      [[file, ...Array(11).fill(kind)], 413, 'PAYLOAD_TOO_LARGE', /too many parts/],
      [[...Array(11).fill(kind), file], 413, 'PAYLOAD_TOO_LARGE', /too many parts/],
      [[['__proto__', 'x'], file], 422, 'VALIDATION_FAILED', /see errors/],
      [[file, ['constructor', 'x']], 422, 'VALIDATION_FAILED', /see errors/],
      [[['__proto__', FILE, 'x.csv']], 422, 'VALIDATION_FAILED', /see errors/],
    ] as [[string, string, string?][], number, string, RegExp][]) {
      const { body, headers } = form(...parts);
      const answer = await call(MANAGER, 'POST', '/v1/imports', body, headers);
      t.equal(answer.statusCode, status, code);
      t.match(answer.json(), { code, detail });
      if (status === 422) t.match(answer.json().errors, [{ code: 'FIELD_UNKNOWN', message: /__proto__/ }]);
    }
    const { body, headers } = form(['file', FILE, 'x.csv']);
    const cut = await call(MANAGER, 'POST', '/v1/imports', body.subarray(0, -20), headers);
    t.match([cut.statusCode, cut.json().code], [400, 'BODY_INVALID']);
    const unbounded = await call(MANAGER, 'POST', '/v1/imports', body, {
      'content-type': 'multipart/form-data',
    });
    t.match([unbounded.statusCode, unbounded.json().code], [400, 'BODY_INVALID']);
    const unknown = await call(MANAGER, 'POST', '/v1/imports?mode=try', FILE, CSV);
    t.match([unknown.statusCode, unknown.json().errors[0].pointer], [422, '/mode']);
    const unclear = await call(MANAGER, 'POST', '/v1/imports?notify=no', FILE, CSV);
    t.match([unclear.statusCode, unclear.json().errors[0].pointer], [422, '/notify']);
    const unclearForm = form(['notify', '0'], ['file', FILE, 'x.csv']);
    const refused = await call(MANAGER, 'POST', '/v1/imports', unclearForm.body, unclearForm.headers);
    t.match([refused.statusCode, refused.json().errors[0].pointer], [422, '/notify']);
    for (const type of ['application/json', 'application/vnd.ms-excel']) {
      const answer = await call(MANAGER, 'POST', '/v1/imports', '{}', { 'content-type': type });
      t.match([answer.statusCode, answer.json().code], [415, 'UNSUPPORTED_MEDIA_TYPE'], type);
    }
    t.equal((await call(MANAGER, 'POST', '/v1/imports')).statusCode, 415, 'no body at all');
    t.same(await kept(), before);
  });
});

t.test('a file of users is for administrators, who alone see what became of it', async (t) => {
  const { call, store } = await openGateway(t);
  const users = 'Name,Email,Roles\nTara Bose,tara.bose@example.org,mentor\n';
  const query = '/v1/imports?kind=users';
  const files = () => store.connection.collection('files.files').countDocuments();
  const asForm = (...parts: Parameters<typeof form>) => {
    const { body, headers } = form(...parts);
    return (email: string) => call(email, 'POST', '/v1/imports', body, headers);
  };
  const uploads = [
    (email: string) => call(email, 'POST', query, users, CSV),
    asForm(['kind', 'users'], ['file', users, 'people.csv']),
    asForm(['file', users, 'people.csv'], ['kind', 'users']),
    asForm(['kind', 'sessions'], ['file', users, 'people.csv'], ['kind', 'users']),
  ];
  for (const upload of uploads) {
    const refused = await upload(MANAGER);
    t.ok(
      [403, 422].includes(refused.statusCode) &&
        ['FORBIDDEN', 'COLUMN_MISSING'].includes(refused.json().code),
      refused.body,
    );
    t.equal(await files(), 0);
  }
  t.match((await call(MANAGER, 'POST', query, users, CSV)).json(), {
    code: 'FORBIDDEN',
    detail: /org_admin/,
  });
  const ids: string[] = [];
  for (const upload of uploads) {
    const accepted = await upload(ADMIN);
    t.match([accepted.statusCode, accepted.json()], [202, { kind: 'users', mode: 'apply' }]);
    ids.push(accepted.json().id);
  }
  const wrong = await call(ADMIN, 'POST', query, FILE, CSV);
  t.match([wrong.statusCode, wrong.json()], [422, { code: 'COLUMN_MISSING', detail: /Name/ }]);
  const asSessions = await asForm(['file', users, 'people.csv'])(ADMIN);
  t.match([asSessions.statusCode, asSessions.json()], [422, { code: 'COLUMN_MISSING', detail: /title/ }]);
  t.equal(await files(), uploads.length);

  const { id: sessions } = (await call(ADMIN, 'POST', '/v1/imports', FILE, CSV)).json();
  const listed = async (email: string) => {
    const { items, total } = (await call(email, 'GET', '/v1/imports')).json();
    t.equal(total, items.length);
    return items.map(({ id }: { id: string }) => id);
  };
  t.same(await listed(MANAGER), [sessions]);
  t.same(await listed(ADMIN), [sessions, ...ids.toReversed()]);
  for (const path of ['', '/rows', '/events', '/source.csv', '/report.csv', '/corrections.csv']) {
    t.equal((await call(MANAGER, 'GET', `/v1/imports/${ids[0]}${path}`)).statusCode, 404, path);
  }
  for (const path of ['/cancel', '/undo']) {
    t.equal((await call(MANAGER, 'POST', `/v1/imports/${ids[0]}${path}`)).statusCode, 404, path);
  }
  t.equal((await call(ADMIN, 'GET', `/v1/imports/${ids[0]}`)).statusCode, 200);
});

t.test('the same file uploaded again within a day is taken, with a warning', async (t) => {
  const { call, clock } = await openGateway(t);
  const start = clock.now.getTime();
  const upload = async (hours: number, query = '', email = MANAGER, file = FILE) => {
    clock.now = new Date(start + hours * HOUR_MS);
    const answer = await call(email, 'POST', `/v1/imports${query}`, file, CSV);
    t.equal(answer.statusCode, 202);
    return answer.json() as { id: string; warnings: string[]; mode: string };
  };
  const first = await upload(0);
  t.same(first.warnings, ['Unknown column: Room']);
  // Midnight in Greenwich is half past five in India.
  const told = `The same file was uploaded at 01-06-2027 05:30 IST as import ${first.id}`;
  t.same((await upload(1, '', ADMIN)).warnings, ['Unknown column: Room', told]);
  const checked = await upload(2, '?mode=check');
  t.equal(checked.mode, 'check');
  t.same(checked.warnings, ['Unknown column: Room'], 'to check it is another matter');
  t.same((await upload(3, '', STRANGER)).warnings, ['Unknown column: Room'], "another organisation's");
  t.same((await upload(4, '', MANAGER, `${FILE}\n`)).warnings, ['Unknown column: Room'], 'another file');
  t.same((await upload(26)).warnings, ['Unknown column: Room'], 'a day later');
});

t.test('a file above the limit is refused, one of just that size is not', async (t) => {
  const { call, store } = await openGateway(t, { env: { MAX_UPLOAD_BYTES: String(FILE.length) } });
  t.equal((await call(MANAGER, 'POST', '/v1/imports', FILE, CSV)).statusCode, 202);
  const { body, headers } = form(['file', `${FILE}\n`, 'x.csv']);
  for (const answer of [
    await call(MANAGER, 'POST', '/v1/imports', `${FILE}\n`, CSV),
    await call(MANAGER, 'POST', '/v1/imports', body, headers),
  ]) {
    t.equal(answer.statusCode, 413);
    t.equal(answer.json().code, 'PAYLOAD_TOO_LARGE');
  }
  t.equal(await store.connection.collection('files.files').countDocuments(), 1);
  t.equal(await store.connection.collection('files.chunks').countDocuments(), 1);
});

t.test('an upload is accepted while Redis is away', async (t) => {
  const [port] = await freePorts(1);
  const { call } = await openGateway(t, { redisUrl: `redis://127.0.0.1:${port}` });
  t.equal((await call(MANAGER, 'POST', '/v1/imports', FILE, CSV)).statusCode, 202);
});

t.test('an accepted upload calls for a worker', async (t) => {
  const { call, deps } = await openGateway(t);
  const { id } = (await call(MANAGER, 'POST', '/v1/imports', FILE, CSV)).json();
  const { connection } = deps.queues;
  const keys = await connection.keys(`*${deps.store.connection.name}*`);
  const jobs = await Promise.all(
    keys.filter((key) => /:\d+$/.test(key)).map((key) => connection.hget(key, 'data')),
  );
  t.same(jobs, [JSON.stringify({ importId: id })]);
});

t.test('reading an import', async (t) => {
  const { call, store, clock } = await openGateway(t);
  const upload = async () => (await call(MANAGER, 'POST', '/v1/imports', FILE, CSV)).json().id as string;
  const [first, second] = [await upload(), await upload()];
  const imports = store.connection.collection('imports');
  const { ObjectId } = store.connection.base.Types;
  const change = (id: string, set: object) => imports.updateOne({ _id: new ObjectId(id) }, { $set: set });
  const result = (row: number, status: RowResult['status']): RowResult => ({
    row,
    action: 'Create',
    status,
    sessionId: null,
    note: '',
    errors:
      status === 'Invalid'
        ? [
            {
              code: 'FIELD_REQUIRED',
              column: 'title',
              value: '',
              message: 'Mandatory field title not filled',
            },
          ]
        : [],
    cells: ['Create', '', `Title ${row}`],
  });

  await t.test('the list is newest first and paged', async (t) => {
    const one = (await call(MANAGER, 'GET', '/v1/imports?limit=1')).json();
    t.match(one, { total: 2, items: [{ id: second }] });
    const two = (await call(MANAGER, 'GET', `/v1/imports?limit=1&cursor=${one.nextCursor}`)).json();
    t.match(two, { total: 2, items: [{ id: first }], nextCursor: null });
    t.same((await call(MANAGER, 'GET', '/v1/imports?status=completed')).json().items, []);
    const place = { acceptedAt: '2029-12-31T23:59:60Z', id: first };
    const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
    const leap = await call(MANAGER, 'GET', `/v1/imports?cursor=${cursor}`);
    t.match([leap.statusCode, leap.json().errors[0].pointer], [422, '/cursor']);
  });

  await t.test(
    "another organisation's manager finds nothing of it, and other roles may not look",
    async (t) => {
      t.same((await call(STRANGER, 'GET', '/v1/imports')).json(), { items: [], nextCursor: null, total: 0 });
      for (const path of ['', '/rows', '/report.csv', '/corrections.csv']) {
        t.equal((await call(STRANGER, 'GET', `/v1/imports/${first}${path}`)).statusCode, 404, path);
        for (const email of ['asha.rao@example.org', 'meera.iyer@example.org', 'operator@example.org']) {
          t.equal(
            (await call(email, 'GET', `/v1/imports/${first}${path}`)).statusCode,
            403,
            `${email} ${path}`,
          );
        }
        t.equal((await call(null, 'GET', `/v1/imports/${first}${path}`)).statusCode, 401);
        t.equal((await call(MANAGER, 'GET', `/v1/imports/not-an-id${path}`)).statusCode, 404);
      }
      t.equal((await call('asha.rao@example.org', 'POST', '/v1/imports', FILE, CSV)).statusCode, 403);
      t.equal((await call('asha.rao@example.org', 'GET', '/v1/imports/sample.csv')).statusCode, 403);
    },
  );

  await t.test('while it runs it tells how far it is, and lists the rows that are there', async (t) => {
    await change(first, { status: 'applying', partitions: 2, rowsTotal: 8, startedAt: clock.now });
    t.match((await call(MANAGER, 'GET', `/v1/imports/${first}`)).json(), { progress: 0, etaSeconds: null });
    await store.transaction(async (transaction) => {
      const insert = (partition: number, rows: RowResult[]) =>
        store.results.insertResults(transaction, { importId: first, partition, rows });
      await insert(0, [result(1, 'Published'), result(4, 'Invalid')]);
      await insert(1, [result(2, 'Invalid'), result(3, 'Published')]);
    });
    const counts = { ...NO_ROWS, published: 1, invalid: 1 };
    await store.connection.collection('importPartitions').insertMany([
      { importId: new ObjectId(first), partition: 0, lastRow: 4, counts },
      { importId: new ObjectId(first), partition: 1, lastRow: 3, counts },
    ]);
    clock.now = new Date(clock.now.getTime() + 10_000);
    t.match((await call(MANAGER, 'GET', `/v1/imports/${first}`)).json(), {
      status: 'applying',
      rows: { total: 8, published: 2, invalid: 2 },
      progress: 0.5,
      etaSeconds: 10,
    });

    const rows: { row: number; status: string }[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await call(MANAGER, 'GET', `/v1/imports/${first}/rows?limit=3&cursor=${cursor}`);
      const page = answer.json();
      t.equal(page.total, 4);
      rows.push(...page.items);
      cursor = page.nextCursor;
    }
    t.same(
      rows.map(({ row }) => row),
      [1, 2, 3, 4],
    );
    t.match(rows[1], {
      action: 'Create',
      status: 'Invalid',
      sessionId: null,
      errors: [
        { code: 'FIELD_REQUIRED', column: 'title', value: '', message: 'Mandatory field title not filled' },
      ],
      cells: { Action: 'Create', id: '', title: 'Title 2', 'Mentor(Email)': '' },
    });

    const invalid = (await call(MANAGER, 'GET', `/v1/imports/${first}/rows?status=invalid`)).json();
    t.equal(invalid.total, 2);
    t.same(
      invalid.items.map(({ row }: { row: number }) => row),
      [2, 4],
    );
  });

  await t.test('the report comes when it has ended', async (t) => {
    const early = await call(MANAGER, 'GET', `/v1/imports/${first}/report.csv`);
    t.match([early.statusCode, early.json().code], [409, 'REPORT_NOT_READY']);

    const text = '\ufeffAction,Row\r\nCreate,1\r\n';
    const { id, sizeBytes } = await store.files.writeFile('report.csv', {}, [Buffer.from(text)]);
    const rows = { ...NO_ROWS, published: 4, invalid: 4 };
    await change(first, {
      status: 'completed',
      finishedAt: clock.now,
      fileName: 'June sessions.csv',
      rows,
      report: { fileId: new ObjectId(id), sizeBytes },
    });
    const answer = await call(MANAGER, 'GET', `/v1/imports/${first}/report.csv`);
    t.equal(answer.statusCode, 200);
    t.equal(answer.body, text);
    t.match(answer.headers, {
      'content-type': 'text/csv; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'content-disposition': /^attachment; filename="June_sessions-report\.csv"/,
    });
    t.match((await call(MANAGER, 'GET', `/v1/imports/${first}`)).json(), {
      status: 'completed',
      rows: { total: 8, ...rows },
      progress: 1,
      etaSeconds: 0,
    });
  });

  await t.test('the corrections are the invalid rows as uploaded, with what is wrong', async (t) => {
    const answer = await call(MANAGER, 'GET', `/v1/imports/${first}/corrections.csv`);
    t.equal(answer.statusCode, 200);
    t.match(answer.headers, { 'content-disposition': /filename="June_sessions-corrections\.csv"/ });
    const [header, ...lines] = answer.body.trimEnd().split('\r\n');
    t.equal(header, `\ufeff${HEADER},Status Message`);
    t.same(lines, [
      'Create,,Title 2,,,,,,,,,,,,,Mandatory field title not filled',
      'Create,,Title 4,,,,,,,,,,,,,Mandatory field title not filled',
    ]);
  });

  await t.test('one that failed as a whole has its reason and no report', async (t) => {
    const failure = { code: 'QUOTE_BROKEN', message: 'A quoted cell does not end', row: 1 };
    await change(second, { status: 'failed', finishedAt: clock.now, failure });
    t.match((await call(MANAGER, 'GET', `/v1/imports/${second}`)).json(), { failure, progress: 1 });
    t.equal((await call(MANAGER, 'GET', `/v1/imports/${second}/report.csv`)).statusCode, 404);
    t.equal((await call(MANAGER, 'GET', `/v1/imports/${second}/corrections.csv`)).statusCode, 404);
    t.same((await call(MANAGER, 'GET', `/v1/imports/${second}/rows`)).json().items, []);
  });
});

t.test('the sample of users is for administrators, and can be uploaded too', async (t) => {
  const { call } = await openGateway(t);
  const path = '/v1/imports/sample.csv?kind=users';
  const refused = await call(MANAGER, 'GET', path);
  t.match([refused.statusCode, refused.json().code], [403, 'FORBIDDEN']);
  const sample = await call(ADMIN, 'GET', path);
  t.match(sample.headers, { 'content-disposition': /users-sample\.csv/ });
  t.match(sample.body, /^\ufeffName,Email,Roles/);
  const answer = await call(ADMIN, 'POST', '/v1/imports?kind=users&mode=check', sample.rawPayload, CSV);
  t.match([answer.statusCode, answer.json()], [202, { kind: 'users', mode: 'check', warnings: [] }]);
});

t.test("the sample has the organisation's columns, and is a file that can be uploaded", async (t) => {
  const { call, store } = await openGateway(t);
  const field = { name: 'grade', label: 'Grade', type: 'number', required: false, allowedValues: [] };
  await store.connection
    .collection('organisations')
    .updateOne({ name: 'Example Schools' }, { $set: { customFields: [field] } });
  const sample = await call(MANAGER, 'GET', '/v1/imports/sample.csv');
  t.equal(sample.statusCode, 200);
  t.match(sample.headers, { 'content-type': /^text\/csv/, 'content-disposition': /sessions-sample\.csv/ });
  t.match(sample.body, /^\ufeffAction,id,title,.*,Grade\r\n/);
  const answer = await call(MANAGER, 'POST', '/v1/imports', sample.rawPayload, CSV);
  t.equal(answer.statusCode, 202);
  t.same(answer.json().warnings, []);
});
