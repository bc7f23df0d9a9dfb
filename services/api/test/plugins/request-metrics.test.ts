import { PassThrough } from 'node:stream';
import { Registry } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import { waitFor } from '@mentorline/testkit';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { apiMetrics } from '../../src/metrics.ts';
import { type Gateway, openGateway, sessionBody } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';

/** A gateway whose registry is at hand. */
async function openMeasured(t: Parameters<typeof openGateway>[0]) {
  const gateway = await openGateway(t);
  const registry = new Registry();
  const app = await buildApp({ ...gateway.deps, metrics: apiMetrics(registry) });
  t.teardown(() => app.close());
  const call = (...input: Parameters<Gateway['call']>) => gateway.callOn(app, ...input);
  return { ...gateway, app, call, registry };
}

t.test('requests are counted by pattern of route, method and class of status', async (t) => {
  const { call, registry } = await openMeasured(t);
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).statusCode, 201);
  t.equal((await call(MANAGER, 'POST', '/v1/sessions', sessionBody())).statusCode, 409);
  t.equal((await call(MANAGER, 'GET', `/v1/sessions/${newId()}`)).statusCode, 404);
  t.equal((await call(null, 'GET', '/metrics')).statusCode, 404, 'clients are not told');
  const text = await registry.metrics();
  const counted = (labels: string) => `mentorline_http_request_duration_seconds_count{${labels}} 1\n`;
  t.match(text, counted('route="/v1/sessions",method="POST",status="2xx"'));
  t.match(text, counted('route="/v1/sessions",method="POST",status="4xx"'));
  t.match(text, counted('route="/v1/sessions/:id",method="GET",status="4xx"'));
  t.match(text, 'mentorline_http_problems_total{code="MENTOR_SLOT_TAKEN"} 1\n');
  t.match(text, 'mentorline_http_problems_total{code="NOT_FOUND"} 2\n');
});

t.test('a gateway is busy with what it has not answered, told by route and by nothing else', async (t) => {
  const { app, deps, token, call } = await openGateway(t);
  const { activity } = deps;
  const authorization = `Bearer ${await token(MANAGER)}`;
  const upload = new PassThrough();
  upload.write('canary');
  const answering = app.inject({
    ...{ method: 'POST', url: '/v1/imports?fileName=canary.csv', payload: upload },
    headers: { authorization, 'content-type': 'text/csv' },
  });
  await waitFor('it is at work', async () => activity.read().busy.length > 0);
  t.match(activity.read().busy, [{ kind: 'upload', id: 'POST /v1/imports' }]);
  upload.end();
  await answering;
  await call(MANAGER, 'GET', '/v1/sessions.csv');
  await call(MANAGER, 'GET', '/canary');
  await call(MANAGER, 'GET', '/healthz');
  t.same(activity.read(), { busy: [], perMinute: { requests: 2 } });
});

t.test('however many ids, addresses and unknown paths are tried, the series stay as many', async (t) => {
  const { app, call, registry } = await openMeasured(t);
  const canaries: string[] = [];
  const traffic = async (): Promise<void> => {
    const [id, word] = [newId(), `canary${newId()}`];
    canaries.push(id, word);
    await call(MANAGER, 'GET', `/v1/sessions/${id}`);
    await call(MANAGER, 'GET', `/v1/sessions?search=${word}`);
    await call(MANAGER, 'GET', `/v1/users?search=${word}%40example.org`);
    await call(null, 'POST', '/v1/auth/login', { email: `${word}@example.org`, password: word });
    await call(null, 'GET', `/${word}`);
    await call(MANAGER, 'GET', `/v1/${word}/${id}`);
    await call(MANAGER, 'DELETE', '/v1/sessions');
    await app.inject({ method: 'TRACE' as never, url: `/v1/sessions/${id}` });
    await app.inject({ method: 'PROPFIND' as never, url: `/${word}` });
  };
  const series = async (): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line && !line.startsWith('#'));
  await traffic();
  const before = (await series()).length;
  for (let n = 0; n < 25; n += 1) await traffic();
  const after = await series();
  t.equal(after.length, before);
  for (const word of canaries) t.notOk(after.join('\n').includes(word), word);
  t.notMatch(after.join('\n'), '@');
  const unknown = after.filter((line) => /_count\{.*route="unknown"/u.test(line));
  t.same(
    unknown.map((line) => /\{(.*)\}/u.exec(line)![1]),
    ['route="unknown",method="any",status="4xx"'],
  );
});
