import { Schema, type Types } from 'mongoose';

/** The imports that an organisation has running, one document an organisation. */
export interface ImportTurnDocument {
  /** The organisation's. */
  _id: Types.ObjectId;
  running: { owner: string; since: Date; until: Date }[];
  /** When it was last given a place. */
  lastTurnAt: Date | null;
  /** Counted up by whoever keeps imports from beginning; see `holdTurns`. Absent: 0. */
  sequence?: number;
}

export const importTurnSchema = new Schema<ImportTurnDocument>(
  {
    _id: { type: Schema.Types.ObjectId, required: true },
    running: { type: [Schema.Types.Mixed], required: true } as never,
    lastTurnAt: { type: Date, default: null },
    sequence: { type: Number },
  },
  { collection: 'importTurns' },
);
// Organisations that have imports running; most have none.
importTurnSchema.index({ 'running.owner': 1 }, { sparse: true });
