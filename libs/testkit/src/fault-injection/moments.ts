/** A command on its way to MongoDB, as the driver's command monitoring shows it. */
export interface Command {
  readonly commandName: string;
  readonly command: Readonly<Record<string, unknown>>;
}

const OF_COMMANDS = {
  /** The first bytes of a stored file are asked for: of the upload, when it is staged and when it is applied. */
  'before-file-read': 'start',
  /** The transaction of a chunk is about to be opened. */
  'before-chunk': 'start',
  /** The results of a chunk are in its transaction. */
  'after-results': 'success',
  'before-chunk-commit': 'start',
  'after-chunk-commit': 'success',
  'before-report': 'start',
  /** Written to the last byte; no import points to it yet. */
  'after-report': 'success',
  /** Completed import and waiting mail are about to be committed. */
  'before-end-commit': 'start',
  /** They are; the notifier has not been called. */
  'after-end-commit': 'success',
  /** The relay has the mail; that it was sent is about to be noted. */
  'before-sent-noted': 'start',
} as const;

export type Moment = keyof typeof OF_COMMANDS;

/** Whether the moment is that before the command is sent, or that when its success has come back. */
export function phaseOf(moment: Moment): 'start' | 'success' {
  return OF_COMMANDS[moment];
}

/** Tells which moments a command stands for; remembers what each open transaction has written. */
export function momentFinder(): (command: Command) => Moment[] {
  const written = new Map<string, Set<string>>();
  return ({ commandName, command }) => {
    const transaction = transactionOf(command);
    const collection = String(command[commandName]);
    if (commandName === 'commitTransaction') {
      const collections = written.get(transaction!) ?? new Set();
      if (collections.has('importResults')) return ['before-chunk-commit', 'after-chunk-commit'];
      return collections.has('mails') ? ['before-end-commit', 'after-end-commit'] : [];
    }
    if (transaction !== undefined) {
      if (command.startTransaction) written.set(transaction, new Set());
      written.get(transaction)?.add(collection);
    }
    if (command.startTransaction && ['mentorLocks', 'importPartitions'].includes(collection))
      return ['before-chunk'];
    if (commandName === 'find' && collection === 'files.chunks') return ['before-file-read'];
    if (commandName !== 'insert') return isSentNoted(collection, command) ? ['before-sent-noted'] : [];
    if (collection === 'importResults') return ['after-results'];
    if (collection === 'files.chunks') return ['before-report'];
    return collection === 'files.files' ? ['after-report'] : [];
  };
}

/** The session's id, which has one transaction at a time. */
function transactionOf({ autocommit, lsid }: Command['command']): string | undefined {
  if (autocommit !== false) return undefined;
  return (lsid as { id: { toString(encoding: 'hex'): string } }).id.toString('hex');
}

function isSentNoted(collection: string, { updates }: Command['command']): boolean {
  return collection === 'mails' && JSON.stringify(updates ?? null).includes('"status":"sent"');
}
