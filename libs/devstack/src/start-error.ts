/** A start that failed for a reason which the person at the terminal can mend; `message` says what and how. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}
