/** A command on its way to MongoDB, as the driver's command monitoring shows it. */
export interface Command {
  readonly commandName: string;
  readonly command: Readonly<Record<string, unknown>>;
}

const PHASES = {
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
  /** Mails of sessions are in the transaction that plans them; the sessions still ask for them. */
  'after-mails-planned': 'success',
  'before-plan-commit': 'start',
  /** They are in the outbox, and the sessions ask for them no more; the notifier has not heard of it. */
  'after-plan-commit': 'success',
  /** Mails are claimed; the notifier has not heard of it. */
  'after-mails-claimed': 'success',
  /** A mail is written, and the relay about to be told of it. */
  'before-mail-sent': 'start',
  /** The relay has the mail; that it was sent is about to be noted. */
  'before-sent-noted': 'start',
  /** It is; the notifier has not heard of it. */
  'after-sent-noted': 'success',
} as const;

export type Moment = keyof typeof PHASES;

/** Whether the moment is that before the command is sent, or that when its success has come back. */
export function phaseOf(moment: Moment): 'start' | 'success' {
  return PHASES[moment];
}

/** Tells which moments a command to MongoDB stands for; remembers what each open transaction has written. */
export function momentFinder(): (command: Command) => Moment[] {
  const written = new Map<string, Set<string>>();
  return ({ commandName, command }) => {
    const transaction = transactionOf(command);
    const collection = String(command[commandName]);
    if (commandName === 'commitTransaction') {
      const collections = written.get(transaction!) ?? new Set();
      if (collections.has('importResults')) return ['before-chunk-commit', 'after-chunk-commit'];
      if (!collections.has('mails')) return [];
      return collections.has('sessions')
        ? ['before-plan-commit', 'after-plan-commit']
        : ['before-end-commit', 'after-end-commit'];
    }
    if (transaction !== undefined) {
      if (command.startTransaction) written.set(transaction, new Set());
      written.get(transaction)?.add(collection);
    }
    if (command.startTransaction && ['mentorLocks', 'importPartitions'].includes(collection))
      return ['before-chunk'];
    if (commandName === 'find' && collection === 'files.chunks') return ['before-file-read'];
    if (commandName === 'update') return collection === 'mails' ? momentsOfMails(command) : [];
    if (commandName !== 'insert') return [];
    if (collection === 'importResults') return ['after-results'];
    if (collection === 'mails')
      return written.get(transaction!)?.has('sessions') ? ['after-mails-planned'] : [];
    if (collection === 'files.chunks') return ['before-report'];
    return collection === 'files.files' ? ['after-report'] : [];
  };
}

/** The session's id, which has one transaction at a time. */
function transactionOf({ autocommit, lsid }: Command['command']): string | undefined {
  if (autocommit !== false) return undefined;
  return (lsid as { id: { toString(encoding: 'hex'): string } }).id.toString('hex');
}

function momentsOfMails({ updates }: Command['command']): Moment[] {
  const changes = JSON.stringify((updates as { u: unknown }[]).map(({ u }) => u));
  if (changes.includes('"status":"sending"')) return ['after-mails-claimed'];
  return changes.includes('"status":"sent"') ? ['before-sent-noted', 'after-sent-noted'] : [];
}

/** Whether what is written to a socket begins to hand a message to a relay: `before-mail-sent`. */
export function beginsMessage(written: unknown): boolean {
  return /^MAIL FROM:/u.test(String(written));
}
