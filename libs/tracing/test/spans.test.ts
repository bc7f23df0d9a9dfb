import { ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import t from 'tap';
import { onlyHarmless } from '../src/only-harmless.ts';
import { rootSampler } from '../src/root-sampler.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

t.test('of a span only what is known to be harmless leaves the process', async (t) => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(onlyHarmless(exporter))],
  });
  t.teardown(() => provider.shutdown());
  const attributes = {
    'mentorline.import': 'abc',
    'http.route': '/v1/users',
    'url.query': 'search=canary',
    'db.query.text': '{"email":"canary"}',
  };
  const span = provider.getTracer('test').startSpan('find users', { attributes });
  span.recordException(new Error('dup key: canary'));
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'canary' });
  span.end();
  const [told] = exporter.getFinishedSpans();
  t.same(told?.attributes, { 'mentorline.import': 'abc', 'http.route': '/v1/users' });
  t.same(told?.events, []);
  t.same(told?.status, { code: SpanStatusCode.ERROR });
  t.equal(told?.spanContext().spanId, span.spanContext().spanId, 'the rest of it stays');
  t.equal(told?.name, 'find users');
});

t.test('traces begin with what comes in, not with what a process does all the time', async (t) => {
  const decide = (kind: SpanKind, share?: string) =>
    rootSampler(share).shouldSample(ROOT_CONTEXT, TRACE_ID, 'any', kind, {}, []).decision;
  t.equal(decide(SpanKind.SERVER), SamplingDecision.RECORD_AND_SAMPLED);
  t.equal(decide(SpanKind.CONSUMER), SamplingDecision.RECORD_AND_SAMPLED);
  t.equal(decide(SpanKind.INTERNAL), SamplingDecision.NOT_RECORD);
  t.equal(decide(SpanKind.CLIENT), SamplingDecision.NOT_RECORD);
  t.equal(decide(SpanKind.SERVER, '0'), SamplingDecision.NOT_RECORD);
  t.equal(decide(SpanKind.SERVER, '1'), SamplingDecision.RECORD_AND_SAMPLED);
  for (const share of ['ten', '-1', '1.5']) t.throws(() => rootSampler(share), /from 0 to 1/, share);
});

t.test('what a trace has begun goes on in it, of whatever kind', async (t) => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    sampler: new ParentBasedSampler({ root: rootSampler() }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  provider.register();
  t.teardown(() => provider.shutdown());
  const tracer = provider.getTracer('test');
  tracer.startActiveSpan('request', { kind: SpanKind.SERVER }, (span) => {
    tracer.startSpan('find users', { kind: SpanKind.CLIENT }).end();
    span.end();
  });
  tracer.startSpan('find leases', { kind: SpanKind.CLIENT }).end();
  t.same(
    exporter.getFinishedSpans().map(({ name }) => name),
    ['find users', 'request'],
  );
});
