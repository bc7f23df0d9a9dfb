import type { ImportLook, MailLook, Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';
import { OpsMailView, presentMail } from './mail-view.ts';

/** Failures that lie with the deployment; all others lie in the file. */
const FAULTS_OF_OURS: readonly string[] = ['INTERNAL_ERROR', 'FILE_DAMAGED'];

export function isFaultOfOurs(failure: ImportLook['failure']): boolean {
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
    ? `${applied} of its rows were applied, and would be in their own way; upload the rows that are not in its report as applied`
    : undefined;
}

const WayBack = {
  retry: Type.Boolean({ description: 'whether it can be tried again as it is' }),
  wayBack: Type.String({ description: 'what to do' }),
};

export const DeadLetterView = Type.Object(
  {
    kind: Type.Enum(['import', 'mail']),
    id: Type.String(),
    organisationId: Type.String(),
    at: Type.String({ format: 'date-time', description: 'when it was given up, or a mail was made' }),
    attempts: Type.Integer(),
    reason: Type.String({ description: 'a code, or what the relay said last' }),
    ...WayBack,
    mail: Type.Union([OpsMailView, Type.Null()]),
  },
  { title: 'DeadLetter' },
);
export type DeadLetterView = Static<typeof DeadLetterView>;

export const DeadLettersView = Type.Object(
  {
    imports: Type.Array(DeadLetterView, { description: 'that failed and were not retried, the last first' }),
    mails: Type.Array(DeadLetterView, { description: 'that were given up, the last first' }),
  },
  { title: 'DeadLetters' },
);

/** What was given up, with the reason and the way back. */
export async function listDeadLetters(
  { looks }: Pick<Store, 'looks'>,
  { limit, isOperator }: { limit: number; isOperator: boolean },
): Promise<Static<typeof DeadLettersView>> {
  const [imports, mails] = await Promise.all([looks.listFailedImports(limit), looks.listFailedMails(limit)]);
  return {
    imports: imports.map(deadImport),
    mails: mails.map((mail) => deadMail(mail, isOperator)),
  };
}

function deadImport(look: ImportLook): DeadLetterView {
  const { id, organisationId, finishedAt, acceptedAt, attempts, failure } = look;
  const obstacle = obstacleToRetry(look);
  const row = failure?.row ? `, row ${failure.row}` : '';
  return {
    ...{ kind: 'import', id, organisationId, attempts, mail: null },
    at: utcText(finishedAt ?? acceptedAt),
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
