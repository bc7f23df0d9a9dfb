import { Counter, Histogram, type Registry, SHORT_BUCKETS } from '@mentorline/runtime';

/** What the gateway measures of its requests. Labels are of bounded number: patterns of routes, never what fills them. */
export function apiMetrics(registry: Registry) {
  const registers = [registry];
  return {
    seconds: new Histogram({
      ...{ name: 'mentorline_http_request_duration_seconds', registers },
      help: 'Requests until their answer was sent; an upload or a stream of events takes as long as its client',
      labelNames: ['route', 'method', 'status'],
      buckets: SHORT_BUCKETS,
    }),
    problems: new Counter({
      ...{ name: 'mentorline_http_problems_total', labelNames: ['code'], registers },
      help: 'Requests answered with a problem, by its code (docs/errors.md)',
    }),
  };
}

export type ApiMetrics = ReturnType<typeof apiMetrics>;
