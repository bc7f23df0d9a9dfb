import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';
import { png } from '../sessions/images.ts';
import { readOperations } from './document.ts';

const gateway = await openGateway(t, {
  env: {
    REQUESTS_PER_MINUTE_OF_USER: '0',
    REQUESTS_PER_MINUTE_OF_ADDRESS: '0',
    MAX_UPLOAD_BYTES: '100000',
  },
});
const { app, call, token, store } = gateway;
const ADMIN = 'admin@example.org';
const operations = await readOperations(gateway);
const JSON_TYPE = { 'content-type': 'application/json' };
const session = (await call(ADMIN, 'POST', '/v1/sessions', sessionBody())).json();
const HEADER =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium';
const FILE = `${HEADER}\nCreate,One,Two,Public,asha.rao@example.org,,14-06-2027,IST,18:00,60,A,B,C\n`;

const takesJson = operations.filter(
  ({ method, path }) => method !== 'GET' && path !== '/v1/imports' && !path.endsWith('/image'),
);
/** Who may call it, so that what is sent is looked at. */
const callerOf = (path: string): string => (path.startsWith('/v1/ops/') ? 'operator@example.org' : ADMIN);
const addressOf = (path: string): string =>
  path
    .replace('{id}', session.id)
    .replace(/\{(?:userId|mailId)\}/u, session.mentor.id)
    .replace('{list}', 'categories')
    .replace('{name}', 'mails');

/** A form as bytes, with part headers that no client library would write. */
function form(...parts: string[]): { body: string; headers: Record<string, string> } {
  const body = `${parts.map((part) => `--bound\r\n${part}\r\n`).join('')}--bound--\r\n`;
  return { body, headers: { 'content-type': 'multipart/form-data; boundary=bound' } };
}
const filePart = (fileName: string, content = FILE): string =>
  `Content-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n${content}`;

t.test('operators of the database are values like any other, and refused', async (t) => {
  for (const operator of [{ $ne: '' }, { $gt: '' }, { $regex: '.*' }, { $where: 'sleep(1000)' }]) {
    const login = await call(null, 'POST', '/v1/auth/login', { email: operator, password: operator });
    t.equal(login.statusCode, 422);
    for (const field of ['title', 'mentor', 'mentees', 'start', 'categories', 'meeting', 'custom']) {
      const answer = await call(ADMIN, 'POST', '/v1/sessions', sessionBody({ [field]: operator }));
      t.equal(answer.statusCode, 422, `${field} ${JSON.stringify(operator)}`);
    }
    const [name] = Object.keys(operator);
    for (const url of [
      `/v1/users?role[${name}]=x`,
      `/v1/sessions?mentor[${name}]=`,
      `/v1/imports?status[${name}]=x`,
      `/v1/audit?user=${encodeURIComponent(JSON.stringify(operator))}`,
    ]) {
      t.equal((await call(ADMIN, 'GET', url)).statusCode, 422, url);
    }
    for (const kind of ['users', 'sessions', 'imports']) {
      const url = `/v1/${kind}/${encodeURIComponent(JSON.stringify(operator))}`;
      t.equal((await call(ADMIN, 'GET', url)).statusCode, 404, url);
    }
  }
  t.equal((await call(ADMIN, 'GET', '/v1/users?search=.*')).json().total, 0, 'a search is no pattern');
});

t.test('no prototype is reached through a body, a form or a query', async (t) => {
  for (const { name, method, path } of takesJson) {
    for (const body of ['{"__proto__":{"x":1}}', '{"constructor":{"prototype":{"x":1}}}']) {
      const answer = await call(callerOf(path), method, addressOf(path), body, {
        ...JSON_TYPE,
        'if-match': '"0"',
      });
      t.ok(answer.statusCode < 500, `${name} ${answer.statusCode}`);
      // What takes no body.
      if (method === 'POST' && !/cancel|undo|invitation|retry|^\/v1\/ops\//.test(path)) {
        t.ok([400, 422].includes(answer.statusCode), `${name} ${answer.statusCode}`);
      }
    }
  }
  const field = 'Content-Disposition: form-data; name="__proto__"\r\n\r\nx';
  const { body, headers } = form(field, filePart('a.csv'));
  t.equal((await call(ADMIN, 'POST', '/v1/imports', body, headers)).statusCode, 422);
  t.equal((await call(ADMIN, 'GET', '/v1/sessions?__proto__=1')).statusCode, 422);
  t.equal(({} as { x?: unknown }).x, undefined);
});

t.test('what is not the JSON that a call takes is refused by what is wrong with it', async (t) => {
  const large = JSON.stringify({ title: 'x'.repeat(1024 * 1024) });
  for (const { name, method, path } of takesJson) {
    const url = addressOf(path);
    const withMatch = { 'if-match': '"0"' };
    const broken = await call(callerOf(path), method, url, '{"a":', { ...JSON_TYPE, ...withMatch });
    t.same([broken.statusCode, broken.json().code], [400, 'BODY_INVALID'], name);
    const oversize = await call(callerOf(path), method, url, large, { ...JSON_TYPE, ...withMatch });
    t.same([oversize.statusCode, oversize.json().code], [413, 'PAYLOAD_TOO_LARGE'], name);
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
      const answer = await call(callerOf(path), method, url, 'a=1', { 'content-type': type, ...withMatch });
      t.same([answer.statusCode, answer.json().code], [415, 'UNSUPPORTED_MEDIA_TYPE'], `${name} ${type}`);
    }
  }
});

t.test('a form of ten thousand parts, and a file over the limit, are refused', async (t) => {
  const many = Array.from(
    { length: 10_000 },
    (_, index) => `Content-Disposition: form-data; name="f${index}"\r\n\r\nx`,
  );
  for (const [method, url] of [
    ['POST', '/v1/imports'],
    ['PUT', `/v1/sessions/${session.id}/image`],
  ] as const) {
    const { body, headers } = form(...many);
    const answer = await call(ADMIN, method, url, body, headers);
    // Where no field is known, the first is refused before they are counted.
    t.ok([413, 422].includes(answer.statusCode), `${url} ${answer.statusCode}`);
  }
  const { body, headers } = form(filePart('large.csv', FILE + ' '.repeat(100_001)));
  t.equal((await call(ADMIN, 'POST', '/v1/imports', body, headers)).statusCode, 413);
});

t.test('the name of an upload is its last part, without control characters, in every header', async (t) => {
  for (const name of [
    '../../etc/passwd',
    '..\\\\..\\\\windows\\\\win.ini',
    'a\0b.csv',
    'a%0d%0aSet-Cookie: x=1.csv',
    'a\u2028b\u0085c.csv',
    "a';filename*=UTF-8''b.csv",
  ]) {
    const { body, headers } = form(filePart(name));
    const answer = await call(ADMIN, 'POST', '/v1/imports', body, headers);
    if (answer.statusCode !== 202) {
      t.equal(answer.statusCode, 400, `${encodeURI(name)} is no header`);
      continue;
    }
    const { id, fileName } = answer.json();
    t.notMatch(fileName, /[\\/\p{Cc}]/u, encodeURI(name));
    const source = await call(ADMIN, 'GET', `/v1/imports/${id}/source.csv`);
    t.equal(source.statusCode, 200);
    t.equal(source.headers['set-cookie'], undefined);
    t.match(
      source.headers['content-disposition'],
      /^attachment; filename="[\w.-]+"; filename\*=UTF-8''[\w.~!$&+^`|%-]+$/,
    );
  }
});

t.test('a file that is two things at once is served as the one that it was taken for', async (t) => {
  const script = Buffer.from('<script>alert(1)</script>');
  const image = Buffer.concat([png(), script]);
  const body = Buffer.concat([
    Buffer.from(
      '--bound\r\nContent-Disposition: form-data; name="image"; filename="x.html"\r\nContent-Type: text/html\r\n\r\n',
    ),
    image,
    Buffer.from('\r\n--bound--\r\n'),
  ]);
  const url = `/v1/sessions/${session.id}/image`;
  const put = await app.inject({
    method: 'PUT',
    url,
    headers: {
      authorization: `Bearer ${await token(ADMIN)}`,
      'content-type': 'multipart/form-data; boundary=bound',
    },
    payload: body,
  });
  t.equal(put.statusCode, 201);
  const shown = await call(ADMIN, 'GET', url);
  t.equal(shown.headers['content-type'], 'image/png');
  t.equal(shown.headers['x-content-type-options'], 'nosniff');
  t.notOk(shown.rawPayload.includes(script), 'what follows the image is not kept');

  const html = `${HEADER}\nCreate,<script>alert(1)</script>,Two,Public,a@example.org,,14-06-2027,IST,18:00,60,A,B,C\n`;
  const upload = await call(ADMIN, 'POST', '/v1/imports', html, { 'content-type': 'text/csv' });
  const source = await call(ADMIN, 'GET', `/v1/imports/${upload.json().id}/source.csv`);
  t.match(source.headers, {
    'content-type': /^text\/csv/,
    'content-disposition': /^attachment/,
    'x-content-type-options': 'nosniff',
    'content-security-policy': /default-src 'none'/,
  });
  for (const head of ['PK\u0003\u0004', '%PDF-1.7', 'GIF89a']) {
    const answer = await call(ADMIN, 'POST', '/v1/imports', `${head}${FILE}`, { 'content-type': 'text/csv' });
    t.equal(answer.statusCode, 422, head);
  }
});

t.test('nothing that was refused has left a trace', async (t) => {
  const stored = await store.connection.collection('sessions').countDocuments();
  t.equal(stored, 1);
});
