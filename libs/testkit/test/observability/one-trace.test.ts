import { connectRedis } from '@mentorline/jobs';
import t from 'tap';
import {
  createPeople,
  randomRows,
  runSuite,
  sessionFile,
  setup,
  startOwnRedis,
  waitFor,
} from '../../src/index.ts';
import { type CollectedSpan, startTraceCollector } from './trace-collector.ts';

/** From a span up to the one that began it all. */
function ancestors(spans: readonly CollectedSpan[], from: CollectedSpan): CollectedSpan[] {
  const parent = spans.find(({ spanId }) => spanId === from.parentSpanId);
  return parent ? [from, ...ancestors(spans, parent)] : [from];
}

t.test('an upload is one trace through all services, and one request id, whatever Redis loses', async (t) => {
  const fixtures = await setup(t);
  await createPeople(fixtures.store, fixtures.organisation.id, 3);
  const collector = await startTraceCollector(t);
  const { url: redisUrl } = await startOwnRedis(t);
  const suite = await runSuite(
    t,
    { ...fixtures, redisUrl },
    {
      services: ['api'],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' },
    },
  );
  const manager = await suite.signIn('manager@example.org');
  const requestId = `upload-${Date.now()}`;
  const uploaded = await manager.fetch('/v1/imports', {
    method: 'POST',
    headers: { 'content-type': 'text/csv', 'x-request-id': requestId },
    body: new Uint8Array(sessionFile(randomRows({ rows: 30, mentors: 3, days: 20, seed: 3 }))),
  });
  t.equal(uploaded.status, 202);
  const { id } = (await uploaded.json()) as { id: string };
  // The wake-up call, with the trace in it, is lost: MongoDB alone knows of both.
  const redis = connectRedis({ redisUrl, prefix: '' });
  t.teardown(() => redis.disconnect());
  await redis.flushall();
  await Promise.all([suite.start('importer'), suite.start('notifier')]);
  await manager.waitForImport(id, () => {});

  const smtp = await waitFor('the last span is told', async () => {
    const found = collector.spans().find(({ name }) => name === 'smtp');
    return found && collector.spans().some(({ spanId }) => spanId === found.parentSpanId) && found;
  });
  await Promise.all([suite.stop('importer'), suite.stop('notifier'), suite.stop('api')]);
  const spans = collector.spans().filter(({ traceId }) => traceId === smtp.traceId);
  const way = ancestors(spans, smtp).reverse();
  t.same(
    way
      .filter(({ name }) => ['mail', 'smtp', 'import', 'reporting'].includes(name))
      .map(({ service, name }) => `${service}: ${name}`),
    [
      'mentorline-importer: import',
      'mentorline-importer: reporting',
      'mentorline-notifier: mail',
      'mentorline-notifier: smtp',
    ],
    way.map(({ service, name }) => `${service}: ${name}`).join(' > '),
  );
  t.match(way[0], { service: 'mentorline-api', name: /POST/, parentSpanId: undefined });
  for (const stage of ['staging', 'applying', 'chunk']) {
    const found = spans.find(({ name }) => name === stage);
    t.ok(found, stage);
    t.equal(ancestors(spans, found!).at(-1)?.spanId, way[0]?.spanId, `${stage} belongs to the upload`);
  }
  const wrote = spans.find(({ name }) => name === 'insert sessions');
  t.ok(wrote && ancestors(spans, wrote).some(({ name }) => name === 'chunk'), 'what MongoDB did is told too');
  t.ok(
    spans.some(({ service, name }) => service === 'mentorline-importer' && /^evalsha/u.test(name)),
    'and Redis',
  );
  const loose = spans.filter((span) => ancestors(spans, span).at(-1) !== way[0]);
  t.same(loose, [], 'every span is reached from the request');

  const lines = (await suite.logs()).split('\n').filter((line) => line.startsWith('{'));
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ofUpload = told.filter((line) => line.requestId === requestId);
  t.same([...new Set(ofUpload.map(({ service }) => service))].sort(), ['api', 'importer', 'notifier']);
  const ofImport = told.filter((line) => line.importId === id);
  t.same([...new Set(ofImport.map(({ service }) => service))].sort(), ['api', 'importer', 'notifier']);
  t.same(
    ofImport.filter((line) => line.requestId !== requestId),
    [],
    'every line about the import has it',
  );
  t.equal(ofUpload.find(({ msg }) => msg === 'mail sent')?.traceId, smtp.traceId);
});
