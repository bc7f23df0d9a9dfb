import type { LightMyRequestResponse } from 'fastify';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';
import { IMAGES, png } from '../sessions/images.ts';

const MANAGER = 'manager@example.org';
const STRANGER = 'manager@other.example.net';
const ASHA = 'asha.rao@example.org';
const MEERA = 'meera.iyer@example.org';
const ARJUN = 'arjun.nair@example.org';

const gateway = await openGateway(t);
const { call, app, token, store, clock } = gateway;
let day = 1;

async function create(more: Record<string, unknown> = {}): Promise<string> {
  day += 1;
  const start = new Date(Date.UTC(2027, 6, day, 9)).toISOString();
  const answer = await call(MANAGER, 'POST', '/v1/sessions', sessionBody({ start, ...more }));
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json().id;
}

const form = (...parts: (readonly [string, Buffer | string, string?])[]): FormData => {
  const data = new FormData();
  for (const [name, content, fileName] of parts) {
    if (typeof content === 'string') data.append(name, content);
    else data.append(name, new Blob([new Uint8Array(content)], { type: 'text/html' }), fileName ?? 'x.html');
  }
  return data;
};

async function put(email: string, id: string, data: FormData): Promise<LightMyRequestResponse> {
  const request = new Request('http://gateway/', { method: 'POST', body: data });
  return app.inject({
    method: 'PUT',
    url: `/v1/sessions/${id}/image`,
    headers: {
      authorization: `Bearer ${await token(email)}`,
      'content-type': request.headers.get('content-type')!,
    },
    payload: Buffer.from(await request.arrayBuffer()),
  });
}
const files = () => store.connection.collection('files.files').countDocuments();

t.test('an image is stored as what it is, shown with its session, replaced and removed', async (t) => {
  const id = await create();
  const url = `/v1/sessions/${id}/image`;
  t.equal((await call(MANAGER, 'GET', url)).statusCode, 404);
  const first = await put(MANAGER, id, form(['image', png(), '../../etc/passwd\0.svg']));
  t.equal(first.statusCode, 201);
  t.equal(first.headers.etag, '"2"');
  t.strictSame(first.json().image, {
    ...{ url, contentType: 'image/png', sizeBytes: png().length, width: 8, height: 6 },
  });
  const shown = await call(MEERA, 'GET', url);
  t.equal(shown.statusCode, 200);
  t.match(shown.headers, {
    'content-type': 'image/png',
    'content-length': String(png().length),
    'x-content-type-options': 'nosniff',
    'content-security-policy': /default-src 'none'/,
    'content-disposition': `inline; filename="session-${id}.png"`,
    'cache-control': 'private, no-cache',
  });
  t.ok(shown.rawPayload.equals(png()));
  const same = await call(MEERA, 'GET', url, undefined, { 'if-none-match': String(shown.headers.etag) });
  t.equal(same.statusCode, 304);
  t.equal(same.body, '');

  const before = await files();
  const second = await put(MANAGER, id, form(['picture', IMAGES.webp]));
  t.equal(second.statusCode, 200);
  t.match(second.json(), { version: 3, image: { contentType: 'image/webp' } });
  t.equal(await files(), before, 'the one before is gone');
  const later = await call(MEERA, 'GET', url, undefined, { 'if-none-match': String(shown.headers.etag) });
  t.equal(later.statusCode, 200);
  t.ok(later.rawPayload.equals(IMAGES.webp));

  t.equal((await call(MANAGER, 'DELETE', url)).statusCode, 204);
  t.equal((await call(MANAGER, 'DELETE', url)).statusCode, 204);
  t.equal(await files(), before - 1);
  t.match((await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json(), { version: 4, image: null });
  const audit = await store.connection.collection('auditLog').find({ 'target.id': id }).toArray();
  t.same(
    audit.map(({ action, fields }) => [action, fields]),
    [['session.created', undefined], ...Array(3).fill(['session.updated', ['image']])],
  );
});

t.test('what follows an image in its file is not kept', async (t) => {
  const id = await create();
  const polyglot = Buffer.concat([
    IMAGES.jpeg,
    Buffer.from('<script>alert(document.domain)</script>PK\x03\x04'),
  ]);
  t.equal((await put(MANAGER, id, form(['image', polyglot]))).statusCode, 201);
  const shown = await call(MANAGER, 'GET', `/v1/sessions/${id}/image`);
  t.ok(shown.rawPayload.equals(IMAGES.jpeg));
});

t.test('what is no image, too large, or more than one is refused, and leaves nothing behind', async (t) => {
  const id = await create();
  const before = await files();
  const big = Buffer.concat([png(), Buffer.alloc(5 * 1024 * 1024)]);
  for (const [data, status, code] of [
    [
      form(['image', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.png']),
      422,
      'IMAGE_INVALID',
    ],
    [form(['image', Buffer.from('GIF89a\x08\0\x06\0'), 'a.png']), 422, 'IMAGE_INVALID'],
    [form(['image', Buffer.alloc(0)]), 422, 'IMAGE_INVALID'],
    [form(['image', png(100_000, 100_000)]), 422, 'IMAGE_INVALID'],
    [form(['image', big]), 413, 'PAYLOAD_TOO_LARGE'],
    [form(), 422, 'FILE_MISSING'],
    [form(['image', 'a text']), 422, 'VALIDATION_FAILED'],
    [form(['image', png()], ['image', png()]), 422, 'VALIDATION_FAILED'],
    [form(...Array.from({ length: 100 }, () => ['image', png()] as const)), 422, 'VALIDATION_FAILED'],
  ] as const) {
    const answer = await put(MANAGER, id, data);
    t.equal(answer.statusCode, status, answer.body);
    t.equal(answer.json().code, code);
  }
  for (const [type, body] of [
    ['image/png', png()],
    ['application/json', '{"image":"x"}'],
    ['text/plain', 'x'],
  ] as const) {
    const url = `/v1/sessions/${id}/image`;
    const answer = await call(MANAGER, 'PUT', url, body, { 'content-type': type });
    t.equal(answer.statusCode, 415, type);
  }
  t.equal((await call(MANAGER, 'PUT', `/v1/sessions/${id}/image`)).statusCode, 415, 'no body at all');
  t.equal(await files(), before);
  t.equal((await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json().version, 1);
});

t.test('only managers set it, until the session is live; whoever sees the session sees it', async (t) => {
  const id = await create({ type: 'PRIVATE', mentees: [MEERA] });
  const url = `/v1/sessions/${id}/image`;
  t.equal((await put(STRANGER, id, form(['image', png()]))).statusCode, 404);
  for (const email of [ASHA, MEERA, 'operator@example.org']) {
    t.equal((await put(email, id, form(['image', png()]))).statusCode, 403, email);
    t.equal((await call(email, 'DELETE', url)).statusCode, 403, email);
  }
  t.equal((await put(MANAGER, id, form(['image', png()]))).statusCode, 201);
  for (const email of [ASHA, MEERA]) t.equal((await call(email, 'GET', url)).statusCode, 200, email);
  t.equal((await call(STRANGER, 'GET', url)).statusCode, 404);
  t.equal((await call(ARJUN, 'GET', url)).statusCode, 404);

  const { now } = clock;
  const before = await files();
  clock.now = new Date(Date.UTC(2027, 6, day, 9));
  const late = await put(MANAGER, id, form(['image', IMAGES.jpeg]));
  t.match(late.json(), { status: 409, code: 'SESSION_LOCKED', detail: 'A live session cannot be edited' });
  t.equal((await call(MANAGER, 'DELETE', url)).statusCode, 409);
  t.equal(await files(), before);
  t.equal((await call(MEERA, 'GET', url)).statusCode, 200);
  clock.now = now;
});

t.test('of images put at once one stays, whole, and no other file does', async (t) => {
  const id = await create();
  const before = await files();
  const images = [png(), IMAGES.jpeg, IMAGES.webp, IMAGES.losslessWebp, IMAGES.progressiveJpeg];
  const answers = await Promise.all(images.map((image) => put(MANAGER, id, form(['image', image]))));
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 200, 200, 200, 201]);
  t.equal(await files(), before + 1);
  const shown = await call(MANAGER, 'GET', `/v1/sessions/${id}/image`);
  t.ok(images.some((image) => shown.rawPayload.equals(image)));
  t.equal((await call(MANAGER, 'GET', `/v1/sessions/${id}`)).json().version, 6);
});
