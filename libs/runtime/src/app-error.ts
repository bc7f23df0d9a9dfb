import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** One fault of one field: `pointer` (RFC 6901) in a JSON body, `column` in a CSV. */
export interface FieldFault {
  readonly pointer?: string;
  readonly column?: string;
  readonly code: string;
  readonly message: string;
}

/** A fault the caller must handle; everything else that is thrown is a bug. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly faults: readonly FieldFault[];
  /** Further members of the problem document, safe to show to whoever asked. */
  readonly extra: Readonly<Record<string, unknown>>;

  /** When asking again may help; of those that pass by themselves. */
  readonly retryAfterSeconds: number | undefined;

  /** `detail` speaks to the person who asked: what is wrong and what to do. */
  constructor(
    code: ErrorCode,
    detail: string,
    more: {
      faults?: readonly FieldFault[];
      extra?: Record<string, unknown>;
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.faults = more.faults ?? [];
    this.extra = more.extra ?? {};
    this.retryAfterSeconds = more.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get title(): string {
    return ERROR_CODES[this.code].title;
  }
}
