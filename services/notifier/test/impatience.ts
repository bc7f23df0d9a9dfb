/** Loaded before a notifier: once it is to stop, the deadlines by which other services do pass at once, and nothing else. */
const OTHERS_MS = [15_000, 25_000];
const real = globalThis.setTimeout;
const hurried = (run: () => void, ms?: number, ...given: []) =>
  real(run, ms !== undefined && OTHERS_MS.includes(ms) ? 1 : ms, ...given);
process.once('SIGTERM', () => {
  globalThis.setTimeout = hurried as typeof setTimeout;
});
