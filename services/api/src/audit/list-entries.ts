import type { AuditQuery, Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { IdText } from '../http/id-params.ts';
import { Instant } from '../http/instant.ts';
import { CountedPage, cutPage, readCursor, TotalPlace } from '../http/paging.ts';
import { AuditView, presentEntry } from './present-entry.ts';

const Place = Type.Object({ at: Instant(), id: IdText, total: TotalPlace });

export const AuditPage = CountedPage(AuditView);

/**
 * A page of the audit log of an organisation, or of the deployment.
 * @throws AppError VALIDATION_FAILED for a cursor of another list
 */
export async function listEntries(
  { audit }: Pick<Store, 'audit'>,
  organisationId: string,
  { limit = 20, cursor, ...query }: Omit<AuditQuery, 'limit' | 'after'> & { limit?: number; cursor?: string },
): Promise<Static<typeof AuditPage>> {
  const place = readCursor(Place, cursor);
  const list = { ...query, limit: limit + 1 };
  const { items, total } = place
    ? {
        items: await audit.readWrites(organisationId, {
          ...list,
          after: { at: new Date(place.at), id: place.id },
        }),
        total: place.total,
      }
    : await audit.listWrites(organisationId, list);
  const { page, nextCursor } = cutPage(items, limit, ({ at, id }) => ({ at, id, total }));
  return {
    items: page.map(presentEntry),
    nextCursor,
    total: total.count,
    totalIsExact: total.isExact,
  };
}
