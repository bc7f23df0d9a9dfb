import { createRequire } from 'node:module';
import FastifyOtel from '@fastify/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, ParentBasedSampler } from '@opentelemetry/sdk-trace-node';
import { onlyHarmless } from './only-harmless.ts';
import { rootSampler } from './root-sampler.ts';

/** Asked for all the time, by machines. */
const NOT_WORTH_A_TRACE = ['/healthz', '/readyz', '/metrics'];

/**
 * Traces of this process from now on, to `OTEL_EXPORTER_OTLP_ENDPOINT` as OTLP over HTTP. The standard variables of
 * OpenTelemetry are read by its own libraries.
 * @param program the file that node runs, by whose folder the service is known
 */
export function startTracing(environment: NodeJS.ProcessEnv, program: string): void {
  const [, service = 'unknown'] = /services[\\/]([^\\/]+)[\\/]/u.exec(program) ?? [];
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `mentorline-${service}` }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    sampler: new ParentBasedSampler({ root: rootSampler(environment.OTEL_TRACES_SAMPLER_ARG) }),
    spanProcessors: [new BatchSpanProcessor(onlyHarmless(new OTLPTraceExporter()))],
  });
  provider.register();
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '' }) => NOT_WORTH_A_TRACE.includes(url),
        requireParentforOutgoingSpans: true,
      }),
      // Its hooks would be a dozen spans a request, all of no time.
      new FastifyOtel.FastifyOtelInstrumentation({ registerOnInitialization: true, instrumentHooks: false }),
      new MongoDBInstrumentation({ requireParentSpan: true }),
      new IORedisInstrumentation({ requireParentSpan: true }),
    ],
  });
  // The services import it, which nobody watches; what is required once is the same for all.
  createRequire(import.meta.url)('ioredis');
}
