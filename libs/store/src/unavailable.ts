import mongoose from 'mongoose';

const { MongoError, MongoNetworkError, MongoNotConnectedError, MongoServerSelectionError } = mongoose.mongo;

// What the driver puts on errors of a server that is going down or stepping down, after its own retries.
const PASSING = ['RetryableWriteError', 'TransientTransactionError'];

/** Whether a call failed because MongoDB cannot be used at the moment; the same call may go well a little later. */
export function isUnavailable(error: unknown): boolean {
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoServerSelectionError ||
    error instanceof mongoose.Error.MongooseServerSelectionError ||
    (error instanceof MongoError && PASSING.some((label) => error.hasErrorLabel(label)))
  );
}
