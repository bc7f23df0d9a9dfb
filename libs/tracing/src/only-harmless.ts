import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/** What libraries may tell of a span beside what is our own (`mentorline.…`): never what somebody wrote. */
const HARMLESS = new Set([
  ...['http.request.method', 'http.response.status_code', 'http.route', 'http.method', 'http.status_code'],
  ...['fastify.type', 'hook.name', 'error.type'],
  ...['db.system', 'db.system.name', 'db.name', 'db.namespace', 'db.operation', 'db.operation.name'],
  ...['db.mongodb.collection', 'db.collection.name'],
  ...['server.address', 'server.port', 'net.peer.name', 'net.peer.port'],
  ...['bullmq.queue.name', 'bullmq.job.name', 'bullmq.job.id', 'bullmq.job.attempts.made'],
]);

/** Hands spans on without whatever could hold a cell, an address, a query string or the message of an error. */
export function onlyHarmless(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(harmless), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function harmless(span: ReadableSpan): ReadableSpan {
  return Object.create(span, {
    attributes: { value: known(span.attributes) },
    status: { value: { code: span.status.code } },
    // Of an error, its message and its stack.
    events: { value: [] },
  }) as ReadableSpan;
}

function known(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([key]) => key.startsWith('mentorline.') || HARMLESS.has(key)),
  );
}
