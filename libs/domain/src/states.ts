export const IMPORT_STATUSES = [
  'queued',
  'staging',
  'applying',
  'reporting',
  'completed',
  'failed',
  'cancelled',
] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

export const MAIL_STATES = ['pending', 'sending', 'sent', 'failed'] as const;
export type MailState = (typeof MAIL_STATES)[number];

export const ROW_STATUSES = [
  'Published',
  'Created',
  'Updated',
  'Deleted',
  'Unchanged',
  'Invalid',
  'Unprocessed',
] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

/** From each state to where it may move, and why it would. What is not listed never happens. */
export type Moves<State extends string> = Readonly<Record<State, Readonly<Partial<Record<State, string>>>>>;

export const IMPORT_MOVES: Moves<ImportStatus> = {
  queued: {
    staging: 'an importer claimed it',
    failed: 'its stored file is missing or damaged',
  },
  staging: {
    applying: 'the structure of the whole file is sound and its rows are counted',
    failed: 'the file is broken somewhere, so nothing of it is applied',
  },
  applying: {
    reporting: 'every partition is done, or it was cancelled and the rows left are unprocessed',
    failed: 'its stored file was lost or damaged on the way',
  },
  reporting: {
    completed: 'the report is stored and its mail is waiting',
    cancelled: 'the same, for an import that was cancelled on the way',
    failed: 'the report cannot be made',
  },
  completed: {},
  failed: {},
  cancelled: {},
};

export const MAIL_MOVES: Moves<MailState> = {
  pending: { sending: 'a notifier claimed it' },
  sending: {
    sent: 'the relay accepted it',
    pending: 'the attempt failed for now, or its notifier was lost; it is tried again',
    failed: 'the relay refused it for good, or its attempts are used up',
  },
  sent: {},
  failed: { pending: 'what made it fail is mended, and somebody asked for it to be sent again' },
};

export const TERMINAL_IMPORT_STATUSES = IMPORT_STATUSES.filter((status) => isTerminal(IMPORT_MOVES, status));
/** Of an import that has still to end. */
export const UNFINISHED_IMPORT_STATUSES = IMPORT_STATUSES.filter(
  (status) => !TERMINAL_IMPORT_STATUSES.includes(status),
);
/** In which a notifier has still to do with a mail; from any other nothing moves it but a person. */
export const WAITING_MAIL_STATES = ['pending', 'sending'] as const satisfies readonly MailState[];

export function canMove<State extends string>(moves: Moves<State>, from: State, to: State): boolean {
  return moves[from][to] !== undefined;
}

/** The states from which `to` may be reached, for the filter of an update. */
export function sourcesOf<State extends string>(moves: Moves<State>, to: State): State[] {
  return (Object.keys(moves) as State[]).filter((from) => canMove(moves, from, to));
}

function isTerminal<State extends string>(moves: Moves<State>, state: State): boolean {
  return Object.keys(moves[state]).length === 0;
}
