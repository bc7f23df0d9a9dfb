import { ERROR_CODES } from '@mentorline/runtime';
import t from 'tap';
import { openGateway, sessionBody } from '../open-gateway.ts';

const { call } = await openGateway(t, { env: { PUBLIC_URL: 'https://mentor.example.org' } });
const { body } = await call(null, 'GET', '/openapi.json');
const document = JSON.parse(body);

const CONTRACT = {
  '/healthz': ['get'],
  '/readyz': ['get'],
  '/v1/audit': ['get'],
  '/v1/auth/login': ['post'],
  '/v1/auth/logout': ['post'],
  '/v1/auth/password-reset': ['post'],
  '/v1/auth/password-reset/confirm': ['post'],
  '/v1/auth/refresh': ['post'],
  '/v1/me': ['get'],
  '/v1/me/password': ['put'],
  '/v1/users/{id}/invitation': ['post'],
  '/v1/forms/session': ['get'],
  '/v1/options/{list}': ['get', 'post'],
  '/v1/options/{list}/{id}': ['delete', 'patch'],
  '/v1/organisation': ['get', 'patch'],
  '/v1/sessions': ['get', 'post'],
  '/v1/sessions.csv': ['get'],
  '/v1/suppressions': ['get'],
  '/v1/users/{id}/suppression': ['put'],
  '/v1/suppressions/{id}': ['delete'],
  '/v1/users': ['get', 'post'],
  '/v1/users/{id}': ['delete', 'get', 'patch'],
  '/v1/sessions/check': ['post'],
  '/v1/sessions/{id}': ['delete', 'get', 'patch'],
  '/v1/sessions/{id}/calendar.ics': ['get'],
  '/v1/sessions/{id}/image': ['delete', 'get', 'put'],
  '/v1/sessions/{id}/meeting': ['put'],
  '/v1/sessions/{id}/mails': ['get'],
  '/v1/sessions/{id}/mails/{mailId}/retry': ['post'],
  '/v1/sessions/{id}/mentees': ['get'],
  '/v1/sessions/{id}/mentees.csv': ['get'],
  '/v1/sessions/{id}/mentees/{userId}': ['delete', 'put'],
  '/v1/mentors/{id}/slots': ['get'],
  '/v1/imports': ['get', 'post'],
  '/v1/imports/sample.csv': ['get'],
  '/v1/imports/{id}': ['get'],
  '/v1/imports/{id}/cancel': ['post'],
  '/v1/imports/{id}/events': ['get'],
  '/v1/imports/{id}/mail/retry': ['post'],
  '/v1/imports/{id}/rows': ['get'],
  '/v1/imports/{id}/report.csv': ['get'],
  '/v1/imports/{id}/corrections.csv': ['get'],
  '/v1/imports/{id}/source.csv': ['get'],
  '/v1/imports/{id}/undo': ['post'],
  '/v1/ops/audit': ['get'],
  '/v1/ops/dead-letters': ['get'],
  '/v1/ops/imports/{id}': ['get'],
  '/v1/ops/imports/{id}/cancel': ['post'],
  '/v1/ops/imports/{id}/dismiss': ['post'],
  '/v1/ops/imports/{id}/release': ['post'],
  '/v1/ops/imports/{id}/retry': ['post'],
  '/v1/ops/mails/{id}/dismiss': ['post'],
  '/v1/ops/mails/{id}/send-again': ['post'],
  '/v1/ops/overview': ['get'],
  '/v1/ops/processes/{id}/drain': ['post'],
  '/v1/ops/processes/{id}/undrain': ['post'],
  '/v1/ops/services/{service}/drain': ['post'],
  '/v1/ops/services/{service}/undrain': ['post'],
  '/v1/ops/queues/{name}/pause': ['post'],
  '/v1/ops/queues/{name}/resume': ['post'],
};

interface Operation {
  operationId: string;
  summary: string;
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: object }>; headers?: object }
  >;
}
const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
  ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

t.test('the document is OpenAPI 3.1 and lists every route', async (t) => {
  t.equal(document.openapi, '3.1.0');
  t.match(document.info, { title: 'Mentorline', version: /^\d+\.\d+\.\d+$/ });
  t.same(document.servers, [{ url: 'https://mentor.example.org' }]);
  const listed = Object.fromEntries(
    Object.entries(document.paths as object).map(([path, methods]) => [path, Object.keys(methods).sort()]),
  );
  t.same(listed, CONTRACT);
});

t.test('every operation has a name of its own, answers and its path parameters', async (t) => {
  const names = operations.map(({ operation }) => operation.operationId);
  t.equal(new Set(names).size, operations.length);
  for (const { path, method, operation } of operations) {
    t.ok(operation.summary, `${method} ${path} has a summary`);
    t.ok(Object.values(operation.responses).every(({ description }) => description));
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    t.same(
      declared.map(({ name, required }) => [name, required]),
      inPath.map((name) => [name, true]),
    );
  }
});

t.test(
  'all but /v1/auth/ needs a token, what mails link to a token or a password, and tells its problems',
  async (t) => {
    for (const { path, operation } of operations) {
      if (!path.startsWith('/v1/')) continue;
      const isLinkedTo = /\.(?:csv|ics)$/.test(path) || operation.operationId === 'getImport';
      const schemes = isLinkedTo ? [{ bearer: [] }, { basic: [] }] : [{ bearer: [] }];
      t.same(operation.security, path.startsWith('/v1/auth/') ? [] : schemes, path);
      for (const status of ['400', '422', '500', '503']) {
        t.ok(operation.responses[status]?.content?.['application/problem+json'], `${path} ${status}`);
      }
      if (!path.startsWith('/v1/auth/')) t.ok(operation.responses['401'], path);
    }
    t.match(document.components.securitySchemes, {
      bearer: { scheme: 'bearer' },
      basic: { scheme: 'basic' },
    });
  },
);

t.test('every code of a problem stands with the operations that answer it, or is told for all', async (t) => {
  const answered = new Set(
    operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ content }) =>
        Object.keys((content?.['application/problem+json'] as { examples?: object })?.examples ?? {}),
      ),
    ),
  );
  const missing = Object.keys(ERROR_CODES).filter((code) => !answered.has(code));
  // All but the first are told in the `failure` of an import.
  t.same(missing, ['METHOD_NOT_ALLOWED', 'QUOTE_BROKEN', 'TOO_MANY_ROWS', 'FILE_DAMAGED']);
  t.match(document.info.description, /405, `METHOD_NOT_ALLOWED`.*`Allow`/);
});

t.test('what is answered in headers is told: versions, addresses, repeats', async (t) => {
  const told = (header: string) =>
    operations.flatMap(({ operation: { operationId, responses } }) =>
      Object.entries(responses).flatMap(([status, { headers = {} }]) =>
        header in headers ? [`${operationId} ${status}`] : [],
      ),
    );
  t.same(told('ETag').sort(), [
    ...['addMentee 200', 'addMentee 201', 'createSession 201', 'editSession 200', 'getImage 200'],
    ...['getImage 304', 'getOrganisation 200', 'getSession 200', 'putImage 200', 'putImage 201'],
    ...['setMeeting 200', 'updateOrganisation 200'],
  ]);
  t.same(told('Location').sort(), [
    ...['createImport 202', 'createSession 201', 'createUser 201', 'retryImport 202', 'undoImport 202'],
  ]);
  t.same(told('Idempotency-Replayed').sort(), [
    ...['addOption 200', 'addOption 201', 'createImport 202', 'createSession 201', 'createUser 201'],
    ...['retryImport 202', 'undoImport 202'],
  ]);
  const created = await call('manager@example.org', 'POST', '/v1/sessions', sessionBody());
  t.match(created.headers, { etag: '"1"', location: `/v1/sessions/${created.json().id}` });
  t.match(document.components.headers, { ETag: { required: true }, Location: { required: true } });
});

t.test('no schema uses what JSON Schema 2020-12 and OpenAPI 3.1 do not have', async (t) => {
  t.notMatch(body, /"nullable"|"definitions"|"\$ref":"(?!#\/components\/)|"type":"null","enum"/);
  const upload = document.paths['/v1/imports'].post.requestBody.content;
  t.same(Object.keys(upload).sort(), ['multipart/form-data', 'text/csv']);
  t.same(upload['multipart/form-data'].schema.properties.kind.enum, ['sessions', 'users']);
  t.same(upload['multipart/form-data'].schema.properties.mode.enum, ['apply', 'check']);
});

t.test('the reference is served whole from here, and may run in a browser', async (t) => {
  const page = await call(null, 'GET', '/docs');
  const html = page.statusCode === 302 ? await call(null, 'GET', String(page.headers.location)) : page;
  t.equal(html.statusCode, 200);
  t.match(html.headers['content-type'], /^text\/html/);
  t.match(html.headers['content-security-policy'], /script-src 'self'/);
  t.match(html.headers['content-security-policy'], /connect-src 'self'/);
  t.notMatch(html.headers['content-security-policy'], /https?:|upgrade-insecure-requests/);
  t.notMatch(html.body, /(?:src|href)="(?:https?:)?\/\//);
  const assets = [...html.body.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path]) => path!);
  t.ok(assets.length >= 3);
  for (const path of assets) {
    const asset = await call(null, 'GET', new URL(path, 'http://gateway/docs/').pathname);
    t.equal(asset.statusCode, 200, path);
  }
  t.same((await call(null, 'GET', '/docs/json')).json(), document, 'it shows the same document');
});
