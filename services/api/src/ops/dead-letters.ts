import type { ImportLook, MailLook, Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { IdText } from '../http/id-params.ts';
import { Instant } from '../http/instant.ts';
import { readCursor, writeCursor } from '../http/paging.ts';
import { utcText } from '../http/utc-text.ts';
import { OpsMailView, presentMail } from './mail-view.ts';

/** Failures that lie with the deployment; all others lie in the file. */
export const FAULTS_OF_OURS: readonly string[] = ['INTERNAL_ERROR', 'FILE_DAMAGED'];

function isFaultOfOurs(failure: ImportLook['failure']): boolean {
  return failure !== null && FAULTS_OF_OURS.includes(failure.code);
}

/**
 * Why a failed import cannot be tried again by an operator; undefined where it can.
 * What was applied of it would meet itself, and a file at fault fails again.
 */
export function obstacleToRetry({ status, failure, rows, retriedAs }: ImportLook): string | undefined {
  if (status !== 'failed') {
    return status === 'completed' || status === 'cancelled'
      ? 'The import has ended in order; whoever uploaded it can upload the file again'
      : 'The import has not ended; release it, and an importer takes it up again';
  }
  if (retriedAs) return `The import has been retried already, as ${retriedAs}`;
  if (failure?.code === 'FILE_DAMAGED')
    return 'The stored file is lost or damaged; it has to be uploaded again';
  if (!isFaultOfOurs(failure))
    return 'The file is at fault; whoever uploaded it has to mend it and upload it again';
  const applied = rows ? rows.published + rows.created + rows.updated + rows.deleted : 0;
  return applied > 0
    ? `${applied} of its rows were applied, and would be in their own way; whoever uploaded it was told, and has a report of what became of each row`
    : undefined;
}

const Time = Type.String({ format: 'date-time' });

export const DeadLetterView = Type.Object(
  {
    kind: Type.Enum(['import', 'mail']),
    id: Type.String(),
    organisationId: Type.String(),
    at: Type.String({ format: 'date-time', description: 'when it was given up, or a mail was made' }),
    attempts: Type.Integer(),
    reason: Type.String({ description: 'a code, or what the relay said last' }),
    retry: Type.Boolean({ description: 'whether it can be tried again as it is' }),
    wayBack: Type.String({ description: 'what to do' }),
    dismissedAt: Type.Union([Time, Type.Null()], {
      description: 'when it was put aside, by an operator or because there was nothing to mend',
    }),
    mail: Type.Union([OpsMailView, Type.Null()]),
  },
  { title: 'DeadLetter' },
);
export type DeadLetterView = Static<typeof DeadLetterView>;

export const DeadLettersView = Type.Object(
  {
    imports: Type.Array(DeadLetterView, { description: 'that failed and were not retried, the last first' }),
    mails: Type.Array(DeadLetterView, { description: 'that were given up, the last first' }),
    nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'of both; null on the last page' }),
  },
  { title: 'DeadLetters' },
);
export type DeadLetters = Static<typeof DeadLettersView>;

const Last = Type.Union([Type.Object({ at: Instant(), id: IdText }), Type.Null()]);
/** Where each of the two lists goes on; null where it has ended. */
const Place = Type.Object({ imports: Last, mails: Last });

export interface LetterQuery {
  limit: number;
  cursor?: string | undefined;
  /** Only imports that failed by a fault of ours. */
  ours: boolean;
  /** Those that were put aside, instead of all others. */
  dismissed: boolean;
}

/**
 * What was given up, with the reason and the way back.
 * @throws AppError VALIDATION_FAILED for a cursor of another list
 */
export async function listDeadLetters(
  { looks }: Pick<Store, 'looks'>,
  { limit, cursor, ours, dismissed }: LetterQuery,
  isOperator: boolean,
): Promise<DeadLetters> {
  const place = readCursor(Place, cursor);
  const page = (last: Static<typeof Last> | undefined) => ({
    ...{ dismissed, limit: limit + 1 },
    ...(last ? { after: { at: new Date(last.at), id: last.id } } : {}),
  });
  const codes = ours ? { codes: FAULTS_OF_OURS } : {};
  const [imports, mails] = await Promise.all([
    place?.imports === null ? [] : looks.listFailedImports({ ...page(place?.imports), ...codes }),
    place?.mails === null ? [] : looks.listFailedMails(page(place?.mails)),
  ]);
  const next = {
    imports: lastOf(
      imports,
      limit,
      ({ dismissedAt, finishedAt, acceptedAt }) => dismissedAt ?? finishedAt ?? acceptedAt,
    ),
    mails: lastOf(mails, limit, ({ dismissedAt, date }) => dismissedAt ?? date),
  };
  return {
    imports: imports.slice(0, limit).map(deadImport),
    mails: mails.slice(0, limit).map((mail) => deadMail(mail, isOperator)),
    nextCursor: next.imports || next.mails ? writeCursor(next) : null,
  };
}

/** @returns null where this was the last page */
function lastOf<Look extends { id: string }>(
  read: readonly Look[],
  limit: number,
  timeOf: (look: Look) => Date,
): Static<typeof Last> {
  const last = read.length > limit ? read[limit - 1] : undefined;
  // With its milliseconds, by which the list is in order.
  return last ? { at: timeOf(last).toISOString(), id: last.id } : null;
}

function deadImport(look: ImportLook): DeadLetterView {
  const { id, organisationId, finishedAt, acceptedAt, attempts, failure } = look;
  const obstacle = obstacleToRetry(look);
  const row = failure?.row ? `, row ${failure.row}` : '';
  return {
    ...{ kind: 'import', id, organisationId, attempts, mail: null },
    at: utcText(finishedAt ?? acceptedAt),
    dismissedAt: look.dismissedAt && utcText(look.dismissedAt),
    reason: `${failure?.code ?? 'unknown'}${row}`,
    retry: obstacle === undefined,
    wayBack: obstacle ?? 'Retry it: its file is worked off again as an import of its own',
  };
}

function deadMail(look: MailLook, isOperator: boolean): DeadLetterView {
  const mail = presentMail(look, isOperator);
  const { id, organisationId, date, attempts, lastError } = mail;
  return {
    ...{ kind: 'mail', id, organisationId, attempts, mail, at: date },
    dismissedAt: look.dismissedAt && utcText(look.dismissedAt),
    reason: lastError ?? 'unknown',
    ...wayBackOf(look),
  };
}

/** A link has left the outbox with its mail. What else is in the way is told when it is asked for. */
function wayBackOf({ kind }: MailLook): Pick<DeadLetterView, 'retry' | 'wayBack'> {
  return kind === 'invitation' || kind === 'password-reset'
    ? {
        retry: false,
        wayBack:
          'Its link is gone: an administrator invites the person again, or the person asks for another link',
      }
    : { retry: true, wayBack: 'Mend the mailbox or the relay, then send it again' };
}
