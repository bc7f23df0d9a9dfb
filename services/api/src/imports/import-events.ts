import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { SECOND_MS } from '@mentorline/runtime';
import { TOKEN_LIFE_MS } from '../accounts/access-token.ts';
import { type ImportState, type ImportWatch, QUICKEST_LOOK_MS } from './watch-imports.ts';

/** The id of the last event: whoever has it has everything. */
export const DONE = 'done';

const RETRY_MS = 3 * SECOND_MS;

/**
 * What becomes of a watched import as Server-Sent Events. Nothing is made before the client takes it: one that is
 * slow gets the newest state when it is ready for one, and misses those in between. Ends with the import, with the
 * watch, and after the life of an access token, since who may look is asked only at the beginning.
 */
export class ImportEvents extends Readable {
  readonly #joined: { watch: ImportWatch; leave: () => void };
  readonly #endsAtMs = performance.now() + TOKEN_LIFE_MS;
  #greeted = false;
  /** The id of the state that the client has. */
  #lastId: string | undefined;
  #sentAtMs = Number.NEGATIVE_INFINITY;

  constructor(joined: { watch: ImportWatch; leave: () => void }, lastEventId: string | undefined) {
    super({ highWaterMark: 0 });
    this.#joined = joined;
    this.#lastId = lastEventId;
  }

  override _read(): void {
    if (this.#greeted) {
      void this.#next().then((text) => this.destroyed || this.push(text));
      return;
    }
    this.#greeted = true;
    this.push(`retry: ${RETRY_MS}\n\n`);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#joined.leave();
    done(error);
  }

  /** The next event, a comment where there is none for a while, or null at the end. */
  async #next(): Promise<string | null> {
    if (this.#lastId === DONE || performance.now() > this.#endsAtMs) return null;
    const { watch } = this.#joined;
    if (!this.#news() && !watch.over) await watch.stirred;
    // A state that was there before the client came may be followed by the next one at once.
    const tooSoonMs = this.#sentAtMs + QUICKEST_LOOK_MS - performance.now();
    if (tooSoonMs > 0 && !watch.over) await pause(tooSoonMs);
    const news = this.#news();
    if (news) return this.#tell(news);
    return watch.over ? null : ':\n\n';
  }

  #news(): ImportState | undefined {
    const { state } = this.#joined.watch;
    return state && (state.ended || state.id !== this.#lastId) ? state : undefined;
  }

  #tell({ id, ended, view }: ImportState): string {
    this.#lastId = ended ? DONE : id;
    this.#sentAtMs = performance.now();
    const event = ended ? 'done' : 'progress';
    return `id: ${this.#lastId}\nevent: ${event}\ndata: ${JSON.stringify(view)}\n\n`;
  }
}
