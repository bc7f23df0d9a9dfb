import type { ImportLook, Store } from '@mentorline/store';
import { MANY_ATTEMPTS, STANDS_STILL_MS } from './needs-attention.ts';

/** Of each sort, those that are looked at. */
const MOST = 50;

/**
 * Imports that have not ended: the oldest, and, whatever their number, those in which something may be wrong. An
 * organisation that has very many waiting hides no import of another that stands still or is not begun.
 */
export async function findRunning(
  { looks, imports }: Pick<Store, 'looks' | 'imports'>,
  at: Date,
): Promise<ImportLook[]> {
  const stuck = { before: new Date(at.getTime() - STANDS_STILL_MS), attempts: MANY_ATTEMPTS, limit: MOST };
  const [oldest, lost, still, next] = await Promise.all([
    looks.lookAtRunning(MOST),
    looks.lookAtLost(MOST),
    looks.lookAtStill(stuck),
    imports.listWaitingImports(MOST),
  ]);
  const found = new Map([...oldest, ...lost, ...still].map((look) => [look.id, look]));
  const others = next.filter(({ id }) => !found.has(id));
  for (const look of await looks.lookAtImports(others.map(({ id }) => id))) found.set(look.id, look);
  return [...found.values()].sort((a, b) => a.acceptedAt.getTime() - b.acceptedAt.getTime());
}
