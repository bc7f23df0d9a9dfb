import { type RowError, rowError } from './messages.ts';
import { statusAt } from './session.ts';
import type { CurrentSession } from './session-change.ts';

/** Why a session takes no change but of its meeting any more; `undefined` until it is live. */
export function changeLock(
  current: Pick<CurrentSession, 'id' | 'startMs' | 'endMs' | 'cancelled'>,
  nowMs: number,
  change: 'edited' | 'deleted' | 'joined' | 'left',
): RowError | undefined {
  const status = statusAt(current, nowMs);
  if (status === 'PUBLISHED') return undefined;
  const name = status.toLowerCase() as Lowercase<typeof status>;
  return rowError('SESSION_LOCKED', 'id', current.id, name, change);
}
