import type { Inbox } from '@mentorline/devstack';
import type { Store } from '@mentorline/store';
import { brokenMails } from './promises/broken-mails.ts';
import { brokenReports } from './promises/broken-reports.ts';
import { brokenResults } from './promises/broken-results.ts';
import { doubleBookings } from './promises/double-bookings.ts';

/**
 * Looks through the whole database, and the inbox where one is given, for what must never be. Meant for a moment at
 * which nothing is under way any more.
 * @returns a sentence for each promise found broken; empty when all hold
 */
export async function brokenPromises(store: Store, inbox?: Inbox): Promise<string[]> {
  return [
    ...(await doubleBookings(store)),
    ...(await brokenResults(store)),
    ...(await brokenReports(store)),
    ...(await brokenMails(store, inbox)),
  ];
}
