import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, SECOND_MS } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { type ImportView, presentImports } from './present-import.ts';

/** An import at a moment, with an id that is the same in every gateway as long as nothing has changed. */
export interface ImportState {
  id: string;
  ended: boolean;
  view: ImportView;
}

interface WatchDeps {
  store: Store;
  now: () => Date;
  log: Pick<Logger, 'warn'>;
}

/** Least time between two looks, and so between two states. */
export const QUICKEST_LOOK_MS = 250;
const SLOWEST_LOOK_MS = 2 * SECOND_MS;
const SLOWING = 1.5;
// Together with the slowest look: watchers hear something every 15 s at least.
const LONGEST_SILENCE_MS = 13 * SECOND_MS;

/** Looks at one import on behalf of everybody who watches it: more often while it moves, less while it does not. */
export class ImportWatch {
  state: ImportState | undefined;
  /** No further state will come. */
  over = false;
  readonly #importId: string;
  readonly #stop = new AbortController();
  #stirred: { promise: Promise<void>; resolve: () => void } = unresolved();
  #spokeAtMs = performance.now();

  constructor(importId: string) {
    this.#importId = importId;
  }

  /** Resolves at the next change or the end, and after a while even if there is none. */
  get stirred(): Promise<void> {
    return this.#stirred.promise;
  }

  async run(deps: WatchDeps): Promise<void> {
    const { signal } = this.#stop;
    let waitMs = QUICKEST_LOOK_MS;
    while (!this.over) {
      const before = this.state?.id;
      try {
        await this.#look(deps);
        waitMs = this.state?.id === before ? Math.min(waitMs * SLOWING, SLOWEST_LOOK_MS) : QUICKEST_LOOK_MS;
      } catch (error) {
        deps.log.warn({ err: error, importId: this.#importId }, 'cannot look at an import that is watched');
        waitMs = SLOWEST_LOOK_MS;
      }
      const isSilent = performance.now() - this.#spokeAtMs > LONGEST_SILENCE_MS;
      if (this.over || isSilent || this.state?.id !== before) this.#stir();
      if (!this.over) await pause(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  end(): void {
    this.over = true;
    this.#stop.abort();
    this.#stir();
  }

  async #look(deps: WatchDeps): Promise<void> {
    const found = await deps.store.imports.findImport(this.#importId);
    if (!found) {
      this.over = true;
      return;
    }
    const [view] = await presentImports(deps, [found]);
    const ended = found.finishedAt !== null;
    this.state = { id: stateId(view!), ended, view: view! };
    if (ended) this.over = true;
  }

  #stir(): void {
    this.#spokeAtMs = performance.now();
    this.#stirred.resolve();
    this.#stirred = unresolved();
  }
}

/** Watches imports, each once a process whatever the number of those who watch it. */
export class ImportWatches {
  readonly #deps: WatchDeps;
  readonly #watches = new Map<string, { watch: ImportWatch; watchers: number }>();
  #closed = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** @returns how to stop watching, once, beside the watch */
  join(importId: string): { watch: ImportWatch; leave: () => void } {
    let shared = this.#watches.get(importId);
    if (!shared) {
      shared = { watch: new ImportWatch(importId), watchers: 0 };
      this.#watches.set(importId, shared);
      if (this.#closed) shared.watch.end();
      void shared.watch.run(this.#deps);
    }
    const joined = shared;
    joined.watchers += 1;
    return {
      watch: joined.watch,
      leave: () => {
        joined.watchers -= 1;
        if (joined.watchers > 0) return;
        joined.watch.end();
        this.#watches.delete(importId);
      },
    };
  }

  /** How many imports are being looked at. */
  get size(): number {
    return this.#watches.size;
  }

  /** Ends every watch; those who watch learn that it is over. */
  close(): void {
    this.#closed = true;
    for (const { watch } of this.#watches.values()) watch.end();
  }
}

function unresolved(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The estimate moves with the clock alone, which is no change. */
function stateId(view: ImportView): string {
  const moving = JSON.stringify({ ...view, etaSeconds: null });
  return createHash('sha256').update(moving).digest('base64url').slice(0, 16);
}
