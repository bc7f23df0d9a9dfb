import type { CustomField, OrganisationSettings } from '@mentorline/domain';
import { Schema, type Types } from 'mongoose';

export interface OrganisationDocument {
  _id: Types.ObjectId;
  name: string;
  /** Only what the organisation has set itself; the rest follows the defaults of the release. */
  settings: Partial<OrganisationSettings>;
  /** Organisations whose mentors and mentees this one can see. */
  relatedOrganisations: Types.ObjectId[];
  customFields: CustomField[];
  /** Counts the changes of `name`, `settings` and `customFields`. */
  version: number;
  /** Incremented by whoever takes somebody's role of administrator; see `holdAdministrators`. */
  administratorsSequence: number;
  createdAt: Date;
}

export const organisationSchema = new Schema<OrganisationDocument>(
  {
    name: { type: String, required: true },
    settings: { type: Schema.Types.Mixed, required: true, default: {} },
    relatedOrganisations: { type: [Schema.Types.ObjectId], required: true, default: [] },
    customFields: { type: [Schema.Types.Mixed], required: true, default: [] } as never,
    version: { type: Number, required: true, default: 1 },
    administratorsSequence: { type: Number, required: true, default: 0 },
    createdAt: { type: Date, required: true },
  },
  { collection: 'organisations', minimize: false },
);
// Which organisations a mentee's organisation is in reach of.
organisationSchema.index({ relatedOrganisations: 1 });
