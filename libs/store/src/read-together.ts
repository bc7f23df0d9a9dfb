/**
 * Lets reads by key that come at the same moment share one round trip: under load most of what a small read costs is
 * the trip. Nothing is kept, and no read begins before it was asked for, so everybody sees what they would have seen
 * alone.
 * @param read the documents behind the keys, as far as found
 * @returns reads those behind the keys; others that read at the same moment get the same objects, so nobody may change
 * them
 */
export function readTogether<Found>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (keys: readonly string[]) => Promise<Map<string, Found>> {
  let next: { keys: Set<string>; found: Promise<ReadonlyMap<string, Found>> } | undefined;

  const begin = () => {
    const keys = new Set<string>();
    const found = endOfTurn().then(() => {
      next = undefined;
      return read([...keys]);
    });
    return { keys, found };
  };

  return async (keys) => {
    if (keys.length === 0) return new Map();
    next ??= begin();
    for (const key of keys) next.keys.add(key);
    const all = await next.found;
    return new Map(
      keys.flatMap((key) => {
        const found = all.get(key);
        return found === undefined ? [] : [[key, found] as const];
      }),
    );
  };
}

let turn: Promise<void> | undefined;

/** What has come in at this turn of the event loop has been handled by then; one for all, so that all go on together. */
function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) =>
    setImmediate(() => {
      turn = undefined;
      resolve();
    }),
  );
  return turn;
}
