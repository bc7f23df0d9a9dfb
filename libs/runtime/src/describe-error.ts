/** An error without what it may carry of anybody's data. */
export interface DescribedError {
  type: string;
  code?: string | number;
  message: string;
  stack?: string;
  cause?: DescribedError | undefined;
}

const LONGEST_MESSAGE = 300;

/**
 * What a log, a queue or an operator may know of an error. Never its other properties: a failed write carries the
 * documents that were to be written. A duplicate key's message quotes the values, so only its beginning, which names the
 * index, is kept.
 */
export function describeError(error: unknown): DescribedError | undefined {
  if (!(error instanceof Error)) return error === undefined ? undefined : { type: typeof error, message: '' };
  const { code } = error as { code?: unknown };
  const message = error.message.replace(/dup key:.*$/su, 'dup key').slice(0, LONGEST_MESSAGE);
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message,
    // The stack begins with the whole message; only the calls are wanted of it.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /u.test(line))
      .join('\n'),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
