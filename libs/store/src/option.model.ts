import { OPTION_FIELDS, type OptionField } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';

export interface OptionDocument {
  _id: Types.ObjectId;
  organisationId: Types.ObjectId;
  field: OptionField;
  value: string;
  label: string;
  /** Case-folded label, value and earlier labels: what a cell may say to mean this option. */
  keys: string[];
  /** The import row that brought the option: of several spellings in one file the lowest row's becomes the label. */
  importId: Types.ObjectId | null;
  importRow: number | null;
  /** Since when it is offered no longer; sessions that have it keep it. */
  retiredAt: Date | null;
  createdAt: Date;
}

export const optionSchema = new Schema<OptionDocument>(
  {
    organisationId: { type: Schema.Types.ObjectId, required: true },
    field: { type: String, enum: OPTION_FIELDS, required: true },
    value: { type: String, required: true },
    label: { type: String, required: true },
    keys: { type: [String], required: true },
    importId: { type: Schema.Types.ObjectId, default: null },
    importRow: { type: Number, default: null },
    retiredAt: { type: Date, default: null },
    createdAt: { type: Date, required: true },
  },
  { collection: 'options' },
);
optionSchema.index({ organisationId: 1, field: 1, keys: 1 }, { unique: true });
