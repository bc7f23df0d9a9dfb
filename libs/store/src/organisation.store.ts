import { type CustomField, DEFAULT_SETTINGS, type OrganisationSettings } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { OrganisationDocument } from './organisation.model.ts';
import { findAtOnce } from './read-at-once.ts';
import { readTogether } from './read-together.ts';
import type { Transaction } from './transaction.ts';

export interface Organisation {
  id: string;
  name: string;
  settings: OrganisationSettings;
  relatedOrganisations: string[];
  customFields: CustomField[];
  /** Goes up with each change that an administrator makes. */
  version: number;
}

/** What an administrator changes; of the settings only those named. */
export interface OrganisationChange {
  name?: string;
  settings?: Partial<OrganisationSettings>;
  customFields?: readonly CustomField[];
}

function fromDocument(document: OrganisationDocument): Organisation {
  return {
    id: document._id.toHexString(),
    name: document.name,
    settings: { ...DEFAULT_SETTINGS, ...document.settings },
    relatedOrganisations: document.relatedOrganisations.map((id) => id.toHexString()),
    customFields: document.customFields,
    version: document.version ?? 1,
  };
}

export function organisationStore({ Organisation }: Models) {
  const findTogether = readTogether(async (ids) => {
    const filter = { _id: { $in: ids.map((id) => new Types.ObjectId(id)) } };
    const found = await findAtOnce<OrganisationDocument>(Organisation, filter);
    return new Map(found.map((document) => [document._id.toHexString(), fromDocument(document)]));
  });

  return {
    async createOrganisation(
      input: {
        name: string;
        settings?: Partial<OrganisationSettings>;
        relatedOrganisations?: string[];
      },
      transaction?: Transaction,
    ): Promise<Organisation> {
      const document = new Organisation({
        name: input.name,
        settings: input.settings ?? {},
        relatedOrganisations: (input.relatedOrganisations ?? []).map((id) => new Types.ObjectId(id)),
        createdAt: new Date(),
      });
      await document.save(transaction ? { session: transaction } : {});
      return fromDocument(document.toObject());
    },

    async findOrganisation(id: string, transaction?: Transaction): Promise<Organisation | undefined> {
      if (!transaction) return (await findTogether([id])).get(id);
      const document = await Organisation.collection.findOne<OrganisationDocument>(
        { _id: new Types.ObjectId(id) },
        { session: transaction },
      );
      return document ? fromDocument(document) : undefined;
    },

    /** By id, as far as found. */
    findOrganisations: findTogether,

    /** Changes an organisation that was read in the same transaction. */
    async changeOrganisation(
      transaction: Transaction,
      id: string,
      { name, settings = {}, customFields }: OrganisationChange,
    ): Promise<void> {
      const set: Record<string, unknown> = {
        ...(name === undefined ? {} : { name }),
        ...(customFields ? { customFields: [...customFields] } : {}),
      };
      for (const [key, value] of Object.entries(settings)) set[`settings.${key}`] = value;
      await Organisation.collection.updateOne(
        { _id: new Types.ObjectId(id) },
        { $set: set, $inc: { version: 1 } },
        { session: transaction },
      );
    },

    /** By id. */
    async namesOf(ids: readonly string[]): Promise<Map<string, string>> {
      const found = await Organisation.collection
        .find({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } }, { projection: { name: 1 } })
        .toArray();
      return new Map(found.map(({ _id, name }) => [_id.toHexString(), name]));
    },

    async listOrganisations(): Promise<Organisation[]> {
      return (await Organisation.find().sort({ name: 1 }).lean()).map(fromDocument);
    },

    /** The organisations whose public sessions a user of `organisationId` may see: its own, and those that see it. */
    async organisationsInReach(organisationId: string): Promise<string[]> {
      const others = await Organisation.find({ relatedOrganisations: organisationId }, { _id: 1 }).lean();
      return [organisationId, ...others.map(({ _id }) => _id.toHexString())];
    },

    /** Makes organisations see each other's mentors and mentees, both ways. @returns whether that changes anything */
    async relateOrganisations(a: string, b: string, transaction?: Transaction): Promise<boolean> {
      const within = transaction ? { session: transaction } : {};
      const first = await Organisation.updateOne(
        { _id: a },
        { $addToSet: { relatedOrganisations: b } },
        within,
      );
      const then = await Organisation.updateOne(
        { _id: b },
        { $addToSet: { relatedOrganisations: a } },
        within,
      );
      return first.modifiedCount + then.modifiedCount > 0;
    },

    /** Ends that, both ways; sessions that exist stay as they are. @returns whether that changes anything */
    async partOrganisations(a: string, b: string, transaction?: Transaction): Promise<boolean> {
      const within = transaction ? { session: transaction } : {};
      const first = await Organisation.updateOne({ _id: a }, { $pull: { relatedOrganisations: b } }, within);
      const then = await Organisation.updateOne({ _id: b }, { $pull: { relatedOrganisations: a } }, within);
      return first.modifiedCount + then.modifiedCount > 0;
    },
  };
}

export type OrganisationStore = ReturnType<typeof organisationStore>;
