import { AppError } from '@mentorline/runtime';
import { isTimeUp } from './failures.ts';

/** Any list takes a hundredth when its part of the database is in memory; past this it is conditions that very many meet, and hardly any of them together. */
const PATIENCE_MS = 10_000;

/** Option of a query: how long it may take. */
export const BOUNDED = { maxTimeMS: PATIENCE_MS };

/**
 * What a bounded query brings.
 * @throws AppError VALIDATION_FAILED when its time is up: another search is needed, not another try
 */
export async function boundedRead<Found>(reading: Promise<Found>): Promise<Found> {
  try {
    return await reading;
  } catch (cause) {
    if (!isTimeUp(cause)) throw cause;
    throw new AppError(
      'VALIDATION_FAILED',
      'To find these would take too long: very many meet each condition, and hardly any all of them. ' +
        'Write more of the words, or narrow the list down by other filters',
      { cause },
    );
  }
}
