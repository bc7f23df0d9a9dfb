import { SpanKind } from '@opentelemetry/api';
import { type Sampler, SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';

/**
 * Of which traces are begun. A request or a job that comes in begins one; what a process does by itself all the time, such as
 * asking for the next job, would bury them.
 * @param share of those, 0 to 1; all when blank
 * @throws when it is something else
 */
export function rootSampler(share = ''): Sampler {
  const kept = share.trim() === '' ? 1 : Number(share);
  if (!(kept >= 0 && kept <= 1))
    throw new Error(`OTEL_TRACES_SAMPLER_ARG=${share}: must be a number from 0 to 1`);
  const ratio = new TraceIdRatioBasedSampler(kept);
  return {
    shouldSample(context, traceId, _name, kind) {
      const comesIn = kind === SpanKind.SERVER || kind === SpanKind.CONSUMER;
      return comesIn ? ratio.shouldSample(context, traceId) : { decision: SamplingDecision.NOT_RECORD };
    },
    toString: () => 'root',
  };
}
