import { MINUTE_MS, SECOND_MS } from './time-units.ts';

/** One piece of work, by its id: never what is in it. */
export interface Task {
  readonly kind: string;
  readonly id: string;
  readonly since: Date;
}

/** What a process is doing and has done of late, for operators. It is told; it looks into nothing. */
export interface Activity {
  /** @returns what `work` returns; meanwhile the process is busy with it */
  during<Result>(kind: string, id: string, work: () => Promise<Result>): Promise<Result>;
  /** For work that is no promise. @returns what ends it; ended twice does no harm */
  begin(kind: string, id: string): () => void;
  /** Counts what has been done. */
  count(what: string, n?: number): void;
  /** Of what it is busy with, what was begun first: a heartbeat is small, however much goes on. */
  read(): { busy: Task[]; perMinute: Record<string, number> };
}

const MOST_TOLD = 50;
const WINDOW_SECONDS = MINUTE_MS / SECOND_MS;

/** @param now milliseconds of any clock that never goes back */
export function openActivity(now: () => number = () => performance.now()): Activity {
  const busy = new Set<Task>();
  /** Of each thing counted: how many in which second, oldest first. */
  const counted = new Map<string, { second: number; n: number }[]>();
  const begin: Activity['begin'] = (kind, id) => {
    const task: Task = { kind, id, since: new Date() };
    busy.add(task);
    return () => void busy.delete(task);
  };
  const secondNow = (): number => Math.floor(now() / SECOND_MS);

  return {
    async during(kind, id, work) {
      const end = begin(kind, id);
      try {
        return await work();
      } finally {
        end();
      }
    },

    begin,

    count(what, n = 1) {
      const second = secondNow();
      const seconds = counted.get(what) ?? [];
      counted.set(what, seconds);
      const last = seconds.at(-1);
      if (last?.second === second) last.n += n;
      else seconds.push({ second, n });
      while (seconds[0]!.second <= second - WINDOW_SECONDS) seconds.shift();
    },

    read() {
      const since = secondNow() - WINDOW_SECONDS;
      const perMinute = Object.fromEntries(
        [...counted].map(([what, seconds]) => [
          what,
          seconds.reduce((sum, { second, n }) => (second > since ? sum + n : sum), 0),
        ]),
      );
      return { busy: [...busy].slice(0, MOST_TOLD), perMinute };
    },
  };
}
