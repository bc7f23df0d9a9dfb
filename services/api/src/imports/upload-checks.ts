import { isDeepStrictEqual } from 'node:util';
import { type CheckedUpload, type Sheet, UploadCheck } from '@mentorline/csv';
import { AppError } from '@mentorline/runtime';

/**
 * Checks an upload as each kind that it may turn out to be: a form may say which only after the file.
 * What is wrong with all of them alike is told at once, the rest when the kind is known.
 */
export class UploadChecks<Kind extends string> {
  readonly #checks: ReadonlyMap<Kind, UploadCheck>;
  readonly #faults = new Map<Kind, AppError>();
  readonly #checked = new Map<Kind, CheckedUpload>();

  constructor(sheets: ReadonlyMap<Kind, Sheet>) {
    this.#checks = new Map([...sheets].map(([kind, sheet]) => [kind, new UploadCheck(sheet)]));
  }

  /** @throws AppError as `UploadCheck` does; nothing may be written after that */
  write(chunk: Uint8Array): void {
    this.#each((check) => check.write(chunk));
  }

  /** The same for what shows only at the end. */
  end(): void {
    this.#each((check, kind) => this.#checked.set(kind, check.end()));
  }

  /** @throws AppError what is wrong with the file as one of this kind */
  checkedAs(kind: Kind): CheckedUpload {
    const checked = this.#checked.get(kind);
    if (!checked) throw this.#faults.get(kind) ?? new Error(`The upload was not checked as ${kind}`);
    return checked;
  }

  #each(step: (check: UploadCheck, kind: Kind) => void): void {
    for (const [kind, check] of this.#checks) {
      if (this.#faults.has(kind)) continue;
      try {
        step(check, kind);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        this.#faults.set(kind, error);
      }
    }
    const [first, ...others] = this.#faults.values();
    const areAllFaulty = this.#faults.size === this.#checks.size;
    if (first && areAllFaulty && others.every((other) => isSameFault(first, other))) throw first;
  }
}

function isSameFault(a: AppError, b: AppError): boolean {
  return a.code === b.code && a.message === b.message && isDeepStrictEqual(a.faults, b.faults);
}
