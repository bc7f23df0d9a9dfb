/**
 * Starts to measure. Of the two clocks of a machine one stands still while the machine is suspended, and the other can be
 * set back; what counts is whichever went further, so that time that has passed is never missed.
 * @returns tells how many milliseconds have passed
 */
export function startStopwatch(): () => number {
  const [startedAt, startedAtWall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - startedAt, Date.now() - startedAtWall);
}
