import mongoose from 'mongoose';

const {
  MongoBulkWriteError,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerSelectionError,
} = mongoose.mongo;

const DUPLICATE_KEY = 11_000;
const TIME_UP = 50;

/** Whether a write failed because a unique value is taken. */
export function isDuplicateKey(error: unknown): boolean {
  return codeOf(error) === DUPLICATE_KEY;
}

/** Whether a call took longer than its `maxTimeMS`. */
export function isTimeUp(error: unknown): boolean {
  return codeOf(error) === TIME_UP;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
}

// What the driver puts on errors of a server that is going down or stepping down, after its own retries.
const PASSING = ['RetryableWriteError', 'TransientTransactionError'];

// What a member says that is going down, coming up or no longer the primary; the driver tries a read twice, and labels none.
const MEMBER_CODES: readonly unknown[] = [
  ...[6, 7, 89, 91, 189, 262, 9_001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436],
];

/** Whether a call failed because MongoDB cannot be used at the moment; the same call may go well a little later. */
export function isUnavailable(error: unknown): boolean {
  return (
    error instanceof MongoNetworkError ||
    isBulkUnanswered(error) ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoServerSelectionError ||
    error instanceof mongoose.Error.MongooseServerSelectionError ||
    (error instanceof MongoError &&
      (MEMBER_CODES.includes(error.code) || PASSING.some((label) => error.hasErrorLabel(label))))
  );
}

/** The driver hands a network failure in the middle of a bulk write on as an error of its own, that no server has numbered. */
function isBulkUnanswered(error: unknown): boolean {
  return (
    error instanceof MongoBulkWriteError &&
    typeof error.code !== 'number' &&
    [error.writeErrors].flat().length === 0
  );
}

// Duplicate key, document validation, document too large (a bad value to an insert): what is being written is at fault.
const CONTENT_CODES: readonly unknown[] = [DUPLICATE_KEY, 121, 10_334, 2];

/**
 * Whether a failure can lie in what was to be written, so that the same call would fail again. Anything else MongoDB
 * or the network says (a member steps down, an operator ends an operation, a connection breaks) may pass.
 */
export function isOwnFault(error: unknown): boolean {
  // The driver's own word for a document that is too large, among others.
  if (error instanceof MongoInvalidArgumentError) return true;
  if (error instanceof MongoError) return CONTENT_CODES.includes(error.code);
  if (error instanceof mongoose.Error || !(error instanceof Error)) return false;
  // A system call's failure names it; what is left was thrown by code.
  return !('syscall' in error);
}
