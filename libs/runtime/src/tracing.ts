import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { within } from './within.ts';

export { SpanKind };

/** `traceparent` of W3C Trace Context: of which trace something is a part, and of which span in it. */
export type Traceparent = string;

const FLUSH_TIMEOUT_MS = 2_000;
const tracer = trace.getTracer('mentorline');

interface Provider {
  forceFlush?(): Promise<void>;
}

/** What really makes the spans, once a process has been started with tracing (libs/tracing). */
function provider(): Provider {
  const proxy = trace.getTracerProvider() as { getDelegate?: () => Provider };
  return proxy.getDelegate?.() ?? {};
}

/** Whether this process tells traces to anybody. */
export function isTraced(): boolean {
  return provider().forceFlush !== undefined;
}

/** Of what runs now; `null` while nothing is traced. Stored with work that somebody else will go on with. */
export function currentTrace(): Traceparent | null {
  const carrier: { traceparent?: Traceparent } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

/** For log lines. */
export function currentTraceId(): string | undefined {
  return trace.getSpanContext(context.active())?.traceId;
}

/**
 * Does a piece of work as a span. While nothing is traced it is just done.
 * @param given.of the trace it belongs to, as it was stored. Work that a call for something else came upon is told there,
 *   with a link to that call
 * @param given.attributes ids, counts and names of our own: never what somebody wrote
 */
export function traced<Result>(
  name: string,
  given: { of?: Traceparent | null; kind?: SpanKind; attributes?: Attributes },
  work: () => Promise<Result>,
): Promise<Result> {
  const active = context.active();
  const parent = contextOf(given.of, active);
  const caller = parent === active ? undefined : trace.getSpanContext(active);
  const options = {
    ...(given.kind === undefined ? {} : { kind: given.kind }),
    attributes: given.attributes ?? {},
    links: caller ? [{ context: caller }] : [],
  };
  return tracer.startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      // Its message may quote what somebody wrote.
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Says more of the span that runs now; see {@link traced}. */
export function annotate(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

function contextOf(stored: Traceparent | null | undefined, active: Context): Context {
  if (!stored) return active;
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent: stored });
  const traceId = trace.getSpanContext(parent)?.traceId;
  return traceId === undefined || traceId === trace.getSpanContext(active)?.traceId ? active : parent;
}

/** Hands over what has been traced so far; does not throw, and does not wait for long. */
export async function flushTraces(): Promise<void> {
  await within(Promise.resolve(provider().forceFlush?.()), FLUSH_TIMEOUT_MS, undefined);
}
