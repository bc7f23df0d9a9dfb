import type { Traceparent } from '@mentorline/runtime';

/** Where work came from, so that the log lines and spans of all services that go on with it can be found together. */
export interface Cause {
  requestId: string;
  /** `null`: the request was not traced. */
  trace: Traceparent | null;
  /** Where it came from; absent in what an earlier version has written. */
  address?: string;
}
