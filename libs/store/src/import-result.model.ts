import { ROW_STATUSES, type RowStatus } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';

/** A fault of a row; `column` is the name that the sheet's reader knows. */
export interface RowFault {
  code: string;
  column: string;
  value: string;
  message: string;
}

/** What became of one row. */
export interface RowResult {
  row: number;
  action: string;
  status: RowStatus;
  sessionId: string | null;
  /** What a row that went well still has to say; empty mostly. */
  note: string;
  errors: readonly RowFault[];
  /** The cells as uploaded. */
  cells: readonly string[];
}

/** What the report says of a row: every fault, or the note of a row that went well. */
export function statusMessage({ errors, note }: Pick<RowResult, 'errors' | 'note'>): string {
  return errors.length > 0 ? errors.map(({ message }) => message).join('; ') : note;
}

/** The results of one chunk in one document: far cheaper to write than a document a row. */
export interface ImportResultDocument {
  _id: Types.ObjectId;
  importId: Types.ObjectId;
  partition: number;
  firstRow: number;
  lastRow: number;
  /** The statuses that occur, so that a filtered listing skips whole chunks. */
  statuses: RowStatus[];
  /** The rows as one text: as an array of documents they took several times as long to write. */
  rows: string;
}

export const importResultSchema = new Schema<ImportResultDocument>(
  {
    importId: { type: Schema.Types.ObjectId, required: true },
    partition: { type: Number, required: true },
    firstRow: { type: Number, required: true },
    lastRow: { type: Number, required: true },
    statuses: { type: [{ type: String, enum: ROW_STATUSES }], required: true },
    rows: { type: String, required: true },
  },
  { collection: 'importResults' },
);
// By the last row: a page far down begins at its own chunk, and does not read those before it.
importResultSchema.index({ importId: 1, partition: 1, lastRow: 1 }, { unique: true });
importResultSchema.index({ importId: 1, partition: 1, statuses: 1, lastRow: 1 });
