import { Schema } from 'mongoose';

/** A migration that this database has had, or is having. */
export interface MigrationDocument {
  /** Its name. */
  _id: string;
  /** Whether versions that do not know it can no longer work on this database. */
  breaksOlder: boolean;
  startedAt: Date;
  finishedAt: Date | null;
  /** Up to where it has come: the id of the last document of a batch that is written. */
  after: unknown;
  changed: number;
}

export const migrationSchema = new Schema<MigrationDocument>(
  {
    _id: { type: String, required: true },
    breaksOlder: { type: Boolean, required: true },
    startedAt: { type: Date, required: true },
    finishedAt: { type: Date, default: null },
    after: { type: Schema.Types.Mixed, default: null },
    changed: { type: Number, required: true, default: 0 },
  },
  { collection: 'migrations' },
);
