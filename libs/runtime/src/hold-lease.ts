/** A lease was lost: somebody else may be at the work already, so whoever held it leaves off. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease was lost');
    this.name = 'LeaseLost';
  }
}

/**
 * Renews a lease every `everyMs` (well below what it lasts) until released. A renewal that fails for a passing reason
 * is tried again at the next beat; what makes a late holder harmless must be a fence where it writes, not the lease.
 * @returns a signal that aborts with `LeaseLost`
 */
export function holdLease(
  renew: () => Promise<boolean>,
  everyMs: number,
): { signal: AbortSignal; release(): void } {
  const lost = new AbortController();
  const beat = setInterval(async () => {
    const held = await renew().catch(() => true);
    if (!held) lost.abort(new LeaseLost());
  }, everyMs);
  return { signal: lost.signal, release: () => clearInterval(beat) };
}
