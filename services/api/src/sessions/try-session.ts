import { decideSession, OPTION_FIELDS } from '@mentorline/domain';
import type { Organisation } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { Fault } from '../http/fault.ts';
import { type BookingDeps, checkBooking } from './check-booking.ts';
import type { SessionInput } from './read-session-input.ts';
import { faultsOf } from './refusal.ts';

/** What would become of a session if it were created now. */
export const SessionTrial = Type.Object(
  {
    ok: Type.Boolean({ description: 'whether it would be published' }),
    errors: Type.Array(Fault, {
      description: 'everything found, as the answer to its creation would tell it',
    }),
    newOptions: Type.Array(
      Type.Object({ field: Type.Enum([...OPTION_FIELDS]), value: Type.String(), label: Type.String() }),
      { description: 'options that it would bring' },
    ),
    note: Type.Union([Type.String(), Type.Null()], {
      description: 'what to think of although it is fine, such as a meeting link that is still missing',
    }),
  },
  { title: 'SessionTrial' },
);
type SessionTrial = Static<typeof SessionTrial>;

/** Runs every rule that {@link bookSession} does, and neither stores nor locks anything. */
export async function trySession(
  deps: BookingDeps,
  organisation: Organisation,
  input: SessionInput,
): Promise<SessionTrial> {
  const { settings, id: organisationId } = organisation;
  const { draft, errors, names, checked, requests } = await checkBooking(
    deps,
    organisation,
    input,
    deps.now(),
  );
  const calendars = await deps.store.slots.peekCalendars({ organisationId }, requests);
  const decision = decideSession(draft, checked, errors, calendars, { organisationId, settings });
  if (decision.outcome === 'invalid') {
    return { ok: false, errors: faultsOf(decision, names), newOptions: [], note: null };
  }
  return { ok: true, errors: [], newOptions: [...decision.newOptions], note: decision.note || null };
}
