import { type CustomField, DEFAULT_SETTINGS, type OrganisationSettings } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { OrganisationDocument } from './organisation.model.ts';

export interface Organisation {
  id: string;
  name: string;
  settings: OrganisationSettings;
  relatedOrganisations: string[];
  customFields: CustomField[];
}

function fromDocument(document: OrganisationDocument): Organisation {
  return {
    id: document._id.toHexString(),
    name: document.name,
    settings: { ...DEFAULT_SETTINGS, ...document.settings },
    relatedOrganisations: document.relatedOrganisations.map((id) => id.toHexString()),
    customFields: document.customFields,
  };
}

export function organisationStore({ Organisation }: Models) {
  return {
    async createOrganisation(input: {
      name: string;
      settings?: Partial<OrganisationSettings>;
      relatedOrganisations?: string[];
    }): Promise<Organisation> {
      const document = await Organisation.create({
        name: input.name,
        settings: input.settings ?? {},
        relatedOrganisations: (input.relatedOrganisations ?? []).map((id) => new Types.ObjectId(id)),
        createdAt: new Date(),
      });
      return fromDocument(document.toObject());
    },

    async findOrganisation(id: string): Promise<Organisation | undefined> {
      const document = await Organisation.findById(id).lean();
      return document ? fromDocument(document) : undefined;
    },

    async listOrganisations(): Promise<Organisation[]> {
      return (await Organisation.find().sort({ name: 1 }).lean()).map(fromDocument);
    },

    /** The organisations whose public sessions a user of `organisationId` may see: its own, and those that see it. */
    async organisationsInReach(organisationId: string): Promise<string[]> {
      const others = await Organisation.find({ relatedOrganisations: organisationId }, { _id: 1 }).lean();
      return [organisationId, ...others.map(({ _id }) => _id.toHexString())];
    },

    /** Makes organisations see each other's mentors and mentees, both ways. */
    async relateOrganisations(a: string, b: string): Promise<void> {
      await Organisation.updateOne({ _id: a }, { $addToSet: { relatedOrganisations: b } });
      await Organisation.updateOne({ _id: b }, { $addToSet: { relatedOrganisations: a } });
    },
  };
}
