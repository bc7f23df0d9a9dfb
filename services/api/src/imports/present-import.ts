import { IMPORT_STATUSES, MAIL_STATES, ROW_STATUSES } from '@mentorline/domain';
import { SECOND_MS } from '@mentorline/runtime';
import {
  IMPORT_KINDS,
  IMPORT_MODES,
  type Import,
  type Mail,
  NO_ROWS,
  type RowCounts,
  type RowResult,
  type Store,
} from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
const NullableCount = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);
const Count = Type.Integer({ minimum: 0 });

/** An import as a client sees it. */
export const ImportView = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum([...IMPORT_KINDS]),
    mode: Type.Enum([...IMPORT_MODES], { description: '`check`: nothing but the results is kept' }),
    notify: Type.Boolean({ description: 'whether those in its sessions are told of what it does' }),
    undoes: Type.Union([Type.String(), Type.Null()], { description: 'the import that this one undoes' }),
    status: Type.Enum([...IMPORT_STATUSES]),
    fileName: Type.String(),
    sizeBytes: Count,
    sha256: Type.String(),
    encoding: Type.String(),
    delimiter: Type.String(),
    warnings: Type.Array(Type.String()),
    uploadedBy: Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }),
    rows: Type.Object({
      total: Type.Union([Count, Type.Null()], { description: 'null until they are counted' }),
      published: Count,
      created: Type.Integer({ minimum: 0, description: 'users' }),
      updated: Count,
      deleted: Count,
      unchanged: Count,
      invalid: Count,
      unprocessed: Count,
    }),
    mails: Type.Integer({
      minimum: 0,
      description:
        'to those in its sessions, caused so far, or that applying it would cause in a check. At most: several changes ' +
        'of one session within a minute make one mail, and reminders are not counted',
    }),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    etaSeconds: Type.Union([Count, Type.Null()], { description: 'null while nothing can be said' }),
    failure: Type.Union([
      Type.Object({ code: Type.String(), message: Type.String(), row: NullableCount }),
      Type.Null(),
    ]),
    mail: Type.Union([
      Type.Object({
        status: Type.Enum([...MAIL_STATES]),
        suppressed: Type.Boolean({
          description:
            'it failed untried, as earlier mails to its address came back; asked for again, it is tried all the same',
        }),
        messageId: Type.String(),
        sentAt: NullableTime,
      }),
      Type.Null(),
    ]),
    acceptedAt: Type.String({ format: 'date-time' }),
    cancelRequestedAt: NullableTime,
    startedAt: NullableTime,
    finishedAt: NullableTime,
  },
  { title: 'Import' },
);
export type ImportView = Static<typeof ImportView>;

/** What became of one row, as a client sees it. */
export const RowView = Type.Object(
  {
    row: Type.Integer({ minimum: 1 }),
    action: Type.String(),
    status: Type.Enum([...ROW_STATUSES]),
    sessionId: NullableText,
    errors: Type.Array(
      Type.Object({
        code: Type.String(),
        column: Type.String(),
        value: Type.String(),
        message: Type.String(),
      }),
    ),
    note: Type.String({ description: 'what a row that went well still has to say' }),
    cells: Type.Record(Type.String(), Type.String(), { description: 'by column, as uploaded' }),
  },
  { title: 'ImportRow' },
);

export async function presentImports(
  deps: { store: Store; now: () => Date },
  imports: readonly Import[],
): Promise<ImportView[]> {
  const { store, now } = deps;
  const mails = await store.mails.findMails(imports.flatMap(({ mailId }) => mailId ?? []));
  return Promise.all(
    imports.map(async (found): Promise<ImportView> => {
      const { rowsTotal, cancelRequestedAt, startedAt, finishedAt } = found;
      const counts = found.rows ?? (await store.imports.countRows(found.id));
      const mail = found.mailId === null ? undefined : mails.get(found.mailId);
      const { userId, name, email } = found.uploadedBy;
      const progress = finishedAt ? 1 : rowsTotal ? countDone(counts) / rowsTotal : 0;
      return {
        id: found.id,
        kind: found.kind,
        mode: found.mode,
        notify: found.notify,
        undoes: found.undoes,
        status: found.status,
        fileName: found.fileName,
        sizeBytes: found.sizeBytes,
        sha256: found.sha256,
        encoding: found.encoding,
        delimiter: found.delimiter,
        warnings: found.warnings,
        uploadedBy: { id: userId, name, email },
        // One stored by an earlier version counts fewer outcomes.
        rows: { total: rowsTotal, ...NO_ROWS, ...counts },
        mails: found.mails ?? (await store.imports.countMails(found.id)),
        progress,
        etaSeconds: finishedAt ? 0 : estimate(startedAt, now(), progress),
        failure: found.failure,
        mail: mail ? presentMail(mail) : null,
        acceptedAt: utcText(found.acceptedAt),
        cancelRequestedAt: cancelRequestedAt ? utcText(cancelRequestedAt) : null,
        startedAt: startedAt && utcText(startedAt),
        finishedAt: finishedAt && utcText(finishedAt),
      };
    }),
  );
}

function presentMail({ status, suppressed = false, messageId, lighterId, sentAt }: Mail): ImportView['mail'] {
  return { status, suppressed, messageId: lighterId ?? messageId, sentAt: sentAt && utcText(sentAt) };
}

/** Rows with a result. */
export function countDone(counts: RowCounts): number {
  return Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
}

/** Seconds left if it goes on as it went so far. */
function estimate(startedAt: Date | null, now: Date, progress: number): number | null {
  if (!startedAt || progress === 0) return null;
  const elapsedMs = now.getTime() - startedAt.getTime();
  return Math.max(0, Math.round((elapsedMs * (1 - progress)) / progress / SECOND_MS));
}

export function presentRow(result: RowResult, columns: readonly string[]): Static<typeof RowView> {
  const { row, action, status, sessionId, errors, note, cells } = result;
  return {
    row,
    action,
    status,
    sessionId,
    errors: [...errors],
    note,
    // A column without a name is told by its place, so that none hides another.
    cells: Object.fromEntries(
      columns.map((name, index) => [name.trim() || `Column ${index + 1}`, cells[index] ?? '']),
    ),
  };
}
