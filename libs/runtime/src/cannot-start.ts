/** A start that fails for a reason which whoever runs the service can mend: `message` says what and how. */
export class CannotStart extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotStart';
  }
}
