import { Schema } from 'mongoose';

/** Whether a notifier can hand mails to its relay, since when, and if not why: a code of SMTP or of the network. */
export interface RelayState {
  works: boolean;
  since: Date;
  error: string | null;
}

/** One process of a service, as it last told of itself. */
export interface HeartbeatDocument {
  /** The process's own. */
  _id: string;
  service: string;
  version: string;
  host: string;
  pid: number;
  since: Date;
  beatAt: Date;
  /** What it is at work on: ids only. */
  busy: { kind: string; id: string; since: Date }[];
  /** What it has done in the last minute, by name. */
  perMinute: Record<string, number>;
  /** Asked to take no new work. */
  drainRequestedAt: Date | null;
  /** It has heard, and takes none; `null` for one that cannot be asked. */
  draining: boolean | null;
  /** Of a notifier; absent until it has needed its relay, and in one of an earlier version. */
  relay?: RelayState;
}

/** A process that ends in order takes its entry away; one that does not is shown as silent for so long. */
const SHOWN_SILENT_SECONDS = 3_600;

export const heartbeatSchema = new Schema<HeartbeatDocument>(
  {
    _id: { type: String, required: true },
    service: { type: String, required: true },
    version: { type: String, required: true },
    host: { type: String, required: true },
    pid: { type: Number, required: true },
    since: { type: Date, required: true },
    beatAt: { type: Date, required: true },
    busy: { type: [Schema.Types.Mixed], required: true } as never,
    perMinute: { type: Schema.Types.Mixed, required: true },
    drainRequestedAt: { type: Date, default: null },
    draining: { type: Boolean, default: null },
    relay: { type: Schema.Types.Mixed },
  },
  { collection: 'heartbeats' },
);
heartbeatSchema.index({ beatAt: 1 }, { expireAfterSeconds: SHOWN_SILENT_SECONDS });
