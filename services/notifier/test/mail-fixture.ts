import { readHeader, sessionSheet, USER_SHEET } from '@mentorline/csv';
import { DEFAULT_SETTINGS, type ImportStatus, SESSION_COLUMNS } from '@mentorline/domain';
import {
  type Import,
  NO_ROWS,
  newId,
  type Organisation,
  type RowCounts,
  type RowResult,
  type Store,
} from '@mentorline/store';

export const RECIPIENT = { name: 'Asha Rao', address: 'asha.rao@example.org' };
const UPLOADER = { userId: newId(), name: RECIPIENT.name, email: RECIPIENT.address };
const UPLOADED_AT = new Date('2025-06-14T09:30:00Z');

const HEADERS = {
  sessions: readHeader(
    SESSION_COLUMNS.map(({ header }) => header),
    sessionSheet([]),
  ),
  users: readHeader(
    USER_SHEET.columns.map(({ header }) => header),
    USER_SHEET,
  ),
};

/** A row that was refused, with one error of each given kind. */
export function invalidRow(
  row: number,
  title: string,
  errors: { code: string; column: string; message: string }[],
): RowResult {
  const cells = SESSION_COLUMNS.map(({ key }) => (key === 'title' ? title : ''));
  return {
    row,
    action: 'Create',
    status: 'Invalid',
    sessionId: null,
    note: '',
    errors: errors.map((error) => ({ value: '', ...error })),
    cells,
  };
}

/** A row of an undo that was left alone, for a reason. */
export function leftAloneRow(row: number, note: string): RowResult {
  return { ...invalidRow(row, '', []), action: 'Delete', status: 'Unchanged', note };
}

export interface EndedImport {
  kind?: 'sessions' | 'users';
  mode?: Import['mode'];
  /** The id of an import that this one undoes; its kind is then `undo`. */
  undoes?: string;
  fileName?: string;
  outcome?: ImportStatus;
  counts?: Partial<RowCounts>;
  warnings?: string[];
  failure?: Import['failure'];
  /** `null`: it ended before its rows were known. */
  report?: Buffer | null;
  mailDate?: Date;
  /** In one partition, ascending. */
  results?: RowResult[];
}

/** Stores an import that has ended and its waiting mail, as an importer leaves them. */
export async function storeEndedImport(
  { store, organisation }: { store: Store; organisation: Organisation },
  { fileName = 'sessions.csv', outcome = 'completed', ...given }: EndedImport = {},
): Promise<{ importId: string; mailId: string; messageId: string }> {
  const counts = { ...NO_ROWS, ...given.counts };
  const rowsTotal = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { id } = given.undoes
    ? await acceptUndo(store, given.undoes)
    : await acceptUpload({ store, organisation }, { fileName, ...given });
  const owner = newId();
  const transactions = store.openTransactionPool(1);
  await store.imports.claimImport(id, owner, 60_000, transactions);
  await store.imports.moveImport(id, owner, { from: 'queued', to: 'staging' }, {});
  const messageId = `<import-report.${id}@mentorline.test>`;
  const mail = {
    organisationId: organisation.id,
    kind: 'import-report' as const,
    importId: id,
    to: RECIPIENT,
    messageId,
    date: given.mailDate ?? new Date(),
  };

  const results = given.results ?? [];
  const isStaged = outcome !== 'failed' && given.report !== null;
  if (isStaged) {
    const staged = { rowsTotal, landmarks: [], partitions: 1, shards: 1 };
    await store.imports.beginApplying(transactions, id, owner, staged);
    await store.transaction((transaction) =>
      store.results.insertResults(transaction, { importId: id, partition: 0, rows: results }),
    );
    await store.imports.moveImport(id, owner, { from: 'applying', to: 'reporting' }, {});
  }
  await transactions.close();
  const content = given.report === undefined ? Buffer.from('Row,Status\r\n') : given.report;
  const file = content && (await store.files.writeFile('report.csv', {}, chunksOf(content)));
  const mailId = await store.transaction(async (transaction) => {
    const mailId = await store.mails.addMail(transaction, mail);
    const from = isStaged ? 'reporting' : 'staging';
    const end = {
      rows: counts,
      failure: given.failure ?? null,
      report: file && { fileId: file.id, sizeBytes: file.sizeBytes },
    };
    await store.imports.moveImport(id, owner, { from, to: outcome }, end, transaction);
    return mailId;
  });
  return { importId: id, mailId, messageId };
}

/**
 * Puts mails about cancelled sessions in the outbox, each of a session of its own, and to somebody else who is no user.
 * @returns their ids
 */
export async function storeCancellations(
  { store, organisation }: { store: Store; organisation: Organisation },
  count: number,
): Promise<string[]> {
  const start = new Date(Date.now() + 3_600_000);
  const batch = newId();
  const mails = Array.from({ length: count }, (_, n) => ({
    ...{ organisationId: organisation.id, kind: 'session-cancelled' as const, date: new Date() },
    ...{ to: { name: `Mentee ${n}`, address: `mentee${n}@example.org` } },
    messageId: `<session-cancelled.${batch}.${n}@mentorline.test>`,
    session: {
      ...{ sessionId: newId(), version: 2, userId: newId(), role: 'mentee' as const, timeZone: 'UTC' },
      ...{ mentor: RECIPIENT, title: `Session ${n}`, start, end: start, reminderMinutes: null },
    },
  }));
  await store.transaction((transaction) => store.mails.addMails(transaction, mails));
  const stored = await store.connection
    .collection('mails')
    .find({ messageId: { $regex: batch } }, { projection: { _id: 1 } })
    .toArray();
  return stored.map(({ _id }) => String(_id));
}

function acceptUpload(
  { store, organisation }: { store: Store; organisation: Organisation },
  { fileName, kind = 'sessions', mode = 'apply', warnings = [] }: EndedImport & { fileName: string },
): Promise<Import> {
  return store.imports.acceptImport(
    {
      organisationId: organisation.id,
      uploadedBy: UPLOADER,
      kind,
      mode,
      fileName,
      fileId: newId(),
      sizeBytes: 1,
      sha256: '00',
      encoding: 'utf-8',
      bom: false,
      delimiter: ',',
      header: HEADERS[kind],
      warnings,
      settings: DEFAULT_SETTINGS,
      customFields: [],
    },
    UPLOADED_AT,
  );
}

async function acceptUndo(store: Store, undoes: string): Promise<Import> {
  const undone = await store.imports.findImport(undoes);
  return store.imports.acceptUndo(undone!, UPLOADER, UPLOADED_AT);
}

async function* chunksOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += 65_536) yield content.subarray(start, start + 65_536);
}
