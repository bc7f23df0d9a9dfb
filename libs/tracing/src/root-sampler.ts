import { SpanKind } from '@opentelemetry/api';
import { type Sampler, SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';

/**
 * Of which traces are begun. A request or a job that comes in begins one; what a process does by itself all the time, such as
 * asking for the next job, would bury them.
 * @param share of those, 0 to 1; all when blank
 */
export function rootSampler(share = ''): Sampler {
  const ratio = new TraceIdRatioBasedSampler(share.trim() === '' ? 1 : Number(share));
  return {
    shouldSample(context, traceId, _name, kind) {
      const comesIn = kind === SpanKind.SERVER || kind === SpanKind.CONSUMER;
      return comesIn ? ratio.shouldSample(context, traceId) : { decision: SamplingDecision.NOT_RECORD };
    },
    toString: () => 'root',
  };
}
