import { readHeader } from '@mentorline/csv';
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
const UPLOADED_AT = new Date('2025-06-14T09:30:00Z');

const HEADER = readHeader(
  SESSION_COLUMNS.map(({ header }) => header),
  [],
);

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

export interface EndedImport {
  fileName?: string;
  outcome?: ImportStatus;
  counts?: Partial<RowCounts>;
  warnings?: string[];
  failure?: Import['failure'];
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
  const { id } = await store.imports.acceptImport(
    {
      organisationId: organisation.id,
      uploadedBy: { userId: newId(), name: RECIPIENT.name, email: RECIPIENT.address },
      kind: 'sessions',
      mode: 'apply',
      fileName,
      fileId: newId(),
      sizeBytes: 1,
      sha256: '00',
      encoding: 'utf-8',
      bom: false,
      delimiter: ',',
      header: HEADER,
      warnings: given.warnings ?? [],
      settings: DEFAULT_SETTINGS,
      customFields: [],
    },
    UPLOADED_AT,
  );
  const owner = newId();
  const transactions = store.openTransactionPool(1);
  await store.imports.claimImport(id, owner, 60_000, transactions);
  await transactions.close();
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
  if (outcome !== 'failed') {
    await store.imports.beginApplying(id, owner, { rowsTotal, landmarks: [], partitions: 1 });
    await store.transaction((transaction) =>
      store.results.insertResults(transaction, { importId: id, partition: 0, rows: results }),
    );
    await store.imports.moveImport(id, owner, { from: 'applying', to: 'reporting' }, {});
  }
  const content = given.report === undefined ? Buffer.from('Row,Status\r\n') : given.report;
  const file = content && (await store.files.writeFile('report.csv', {}, chunksOf(content)));
  const mailId = await store.transaction(async (transaction) => {
    const mailId = await store.mails.addMail(transaction, mail);
    const from = outcome === 'failed' ? 'staging' : 'reporting';
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

async function* chunksOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += 65_536) yield content.subarray(start, start + 65_536);
}
