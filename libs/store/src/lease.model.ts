import { Schema } from 'mongoose';

/** A role that one process at a time may hold, such as the dispatcher's. */
export interface LeaseDocument {
  _id: string;
  owner: string;
  until: Date;
}

export const leaseSchema = new Schema<LeaseDocument>(
  {
    _id: { type: String, required: true },
    owner: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { collection: 'leases' },
);
