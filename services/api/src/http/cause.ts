import { currentTrace } from '@mentorline/runtime';
import type { Actor, Cause } from '@mentorline/store';

/** Of what a request leaves for other services to go on with. */
export function causeOf({ requestId }: Pick<Actor, 'requestId'>): Cause {
  return { requestId, trace: currentTrace() };
}
