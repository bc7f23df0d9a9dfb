import { currentTrace } from '@mentorline/runtime';
import type { Actor, Cause } from '@mentorline/store';

/** Of what a request leaves for other services to go on with. */
export function causeOf({ requestId, address }: Pick<Actor, 'requestId' | 'address'>): Cause {
  return { requestId, trace: currentTrace(), address };
}
