import {
  foldText,
  OPTION_FIELDS,
  type OptionCatalogue,
  type OptionField,
  optionKey,
  optionValue,
} from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { OptionDocument } from './option.model.ts';
import { findAtOnce } from './read-at-once.ts';
import { readTogether } from './read-together.ts';
import type { Transaction } from './transaction.ts';

/** A new option, or another spelling of one that the same import has brought; `row` is where it stands. */
export interface OptionClaim {
  field: OptionField;
  value: string;
  label: string;
  row: number | null;
}

export interface StoredOption {
  id: string;
  value: string;
  label: string;
  /** Offered no longer; sessions that have it keep it. */
  isRetired: boolean;
}

/** Where an option stands in the order of labels. */
export interface OptionPlace {
  /** Its label, folded. */
  order: string;
  id: string;
}

export type ListedOption = StoredOption & OptionPlace;

/** Whether an option comes after a place in the order of labels. */
export function isBehind(option: OptionPlace, place: OptionPlace): boolean {
  return option.order === place.order ? option.id > place.id : option.order > place.order;
}

function fromDocument({ _id, value, label, retiredAt }: OptionDocument): StoredOption {
  return { id: _id.toHexString(), value, label, isRetired: Boolean(retiredAt) };
}

interface KnownOption {
  value: string;
  label: string;
  /** Set only for an option that the import at hand has brought itself. */
  row: number | null;
  isRetired?: boolean;
}

/** An organisation's options in memory, by their keys; grows as chunks commit. */
export class LoadedCatalogue implements OptionCatalogue {
  readonly #known: Readonly<Record<OptionField, Map<string, KnownOption>>> = {
    recommendedFor: new Map(),
    categories: new Map(),
    medium: new Map(),
  };

  add(field: OptionField, names: readonly string[], option: KnownOption): void {
    for (const name of names) this.#known[field].set(optionKey(name), option);
  }

  find(field: OptionField, text: string): string | undefined {
    return this.#known[field].get(optionKey(text))?.value;
  }

  isRetired(field: OptionField, value: string): boolean {
    return this.#known[field].get(optionKey(value))?.isRetired ?? false;
  }

  label(field: OptionField, value: string): string {
    return this.#known[field].get(optionKey(value))?.label ?? value;
  }

  /** Whether this row must claim the option: it is offered no longer or not yet, or only by a later row of the import. */
  mustClaim(field: OptionField, value: string, row: number): boolean {
    const known = this.#known[field].get(optionKey(value));
    return !known || known.isRetired === true || (known.row !== null && known.row > row);
  }
}

/** What names an option, in whatever spelling. */
interface OptionName {
  organisationId: string;
  field: OptionField;
  name: string;
}

/** The key has no line break. */
function lookUpKey({ organisationId, field, name }: OptionName): string {
  return `${organisationId}\n${field}\n${optionKey(name)}`;
}

export function optionStore({ Option }: Models) {
  const findTogether = readTogether(async (lookUps) => {
    const keysOf = new Map<string, { organisationId: string; field: OptionField; keys: string[] }>();
    for (const lookUp of lookUps) {
      const [organisationId, field, key] = lookUp.split('\n') as [string, OptionField, string];
      const place = `${organisationId}\n${field}`;
      const keys = keysOf.get(place)?.keys ?? [];
      keys.push(key);
      keysOf.set(place, { organisationId, field, keys });
    }
    const places = Array.from(keysOf.values(), ({ organisationId, field, keys }) => ({
      ...{ organisationId: new Types.ObjectId(organisationId), field, keys: { $in: keys } },
    }));
    const options = await findAtOnce<OptionDocument>(Option, { $or: places });
    return new Map(
      options.flatMap((option) =>
        option.keys.map((name) => {
          const { organisationId, field } = option;
          return [lookUpKey({ organisationId: organisationId.toHexString(), field, name }), option] as const;
        }),
      ),
    );
  });

  return {
    /** @param importId the import at hand, whose own options keep the row they came from */
    async loadCatalogue(organisationId: string, importId?: string): Promise<LoadedCatalogue> {
      const catalogue = new LoadedCatalogue();
      for await (const option of Option.find({ organisationId }).lean().cursor()) {
        const own = importId !== undefined && option.importId?.toHexString() === importId;
        catalogue.add(option.field, option.keys, {
          value: option.value,
          label: option.label,
          row: own ? option.importRow : null,
          isRetired: Boolean(option.retiredAt),
        });
      }
      return catalogue;
    },

    /** As much of the catalogue as is needed to tell what the names mean. */
    async loadNamed(
      organisationId: string,
      names: Readonly<Record<OptionField, readonly string[]>>,
    ): Promise<LoadedCatalogue> {
      const lookUps = OPTION_FIELDS.flatMap((field) =>
        names[field].map((name) => lookUpKey({ organisationId, field, name })),
      );
      const catalogue = new LoadedCatalogue();
      for (const { field, keys, value, label, retiredAt } of (await findTogether(lookUps)).values()) {
        catalogue.add(field, keys, { value, label, row: null, isRetired: Boolean(retiredAt) });
      }
      return catalogue;
    },

    /**
     * Makes the options exist, inside the transaction of the session that brought them. Where rows of one import
     * spell an option differently the lowest row's spelling stays, whichever chunk commits first.
     */
    async claimOptions(
      transaction: Transaction,
      source: { organisationId: string; importId?: string },
      claims: readonly OptionClaim[],
    ): Promise<void> {
      if (claims.length === 0) return;
      const organisationId = new Types.ObjectId(source.organisationId);
      const importId = source.importId ? new Types.ObjectId(source.importId) : null;
      const options = Option.collection;
      const existing = await options
        .find<OptionDocument>(
          { organisationId, $or: claims.map(({ field, value }) => ({ field, keys: optionKey(value) })) },
          { session: transaction },
        )
        .toArray();
      const found = new Map(
        existing.flatMap((option) => option.keys.map((key) => [`${option.field}:${key}`, option] as const)),
      );
      const missing: OptionDocument[] = [];
      for (const { field, value, label, row } of claims) {
        const option = found.get(`${field}:${optionKey(value)}`);
        if (option?.retiredAt) {
          await options.updateOne(
            { _id: option._id },
            { $set: { retiredAt: null } },
            { session: transaction },
          );
        }
        if (!option) {
          const keys = [...new Set([optionKey(label), optionKey(value)])];
          const fresh = { _id: new Types.ObjectId(), organisationId, field, value, label, keys, importId };
          missing.push({ ...fresh, importRow: row, retiredAt: null, createdAt: new Date() });
        } else if (importId?.equals(option.importId ?? '') && row !== null && row < (option.importRow ?? 0)) {
          const keys = [...new Set([optionKey(label), optionKey(value)])];
          await options.updateOne(
            { _id: option._id },
            { $set: { label, keys, importRow: row } },
            { session: transaction },
          );
        }
      }
      if (missing.length > 0) await options.insertMany(missing, { session: transaction });
    },

    /** All options of a field, in the order of their labels. */
    async listOptions(organisationId: string, field: OptionField): Promise<ListedOption[]> {
      const found = await Option.collection
        .find<OptionDocument>({ organisationId: new Types.ObjectId(organisationId), field })
        .toArray();
      return found
        .map((option) => ({ ...fromDocument(option), order: foldText(option.label) }))
        .sort((a, b) => (isBehind(a, b) ? 1 : -1));
    },

    /** @param name label, value or an earlier label, in any case */
    async findOption(
      organisationId: string,
      field: OptionField,
      name: string,
    ): Promise<StoredOption | undefined> {
      const filter = { organisationId: new Types.ObjectId(organisationId), field, keys: optionKey(name) };
      const found = await Option.collection.findOne<OptionDocument>(filter);
      return found ? fromDocument(found) : undefined;
    },

    /**
     * Makes the option exist and be offered; one that the label names already stays as it is.
     * @throws a duplicate-key error when somebody else has just added it: what comes next finds it
     */
    async addOption(
      transaction: Transaction,
      { organisationId, field, label }: { organisationId: string; field: OptionField; label: string },
    ): Promise<StoredOption & { change: 'created' | 'restored' | null }> {
      const within = { session: transaction };
      const organisation = new Types.ObjectId(organisationId);
      const value = optionValue(label);
      const keys = [...new Set([optionKey(label), optionKey(value)])];
      const named = { organisationId: organisation, field, keys: { $in: keys } };
      const found = await Option.collection.findOne<OptionDocument>(named, within);
      if (found) {
        if (!found.retiredAt) return { ...fromDocument(found), change: null };
        await Option.collection.updateOne({ _id: found._id }, { $set: { retiredAt: null } }, within);
        return { ...fromDocument(found), isRetired: false, change: 'restored' };
      }
      const made = { _id: new Types.ObjectId(), organisationId: organisation, field, value, label, keys };
      const option = { ...made, importId: null, importRow: null, retiredAt: null, createdAt: new Date() };
      await Option.collection.insertOne(option, within);
      return { ...fromDocument(option), change: 'created' };
    },

    /**
     * Gives an option another label, retires it or offers it again. Its value stays, and so do the names it had: files
     * that say them mean it still.
     * @returns undefined: the organisation has no such option
     * @throws a duplicate-key error when another option of the field is named so
     */
    async changeOption(
      transaction: Transaction,
      option: { organisationId: string; field: OptionField; id: string },
      { label, isRetired }: { label?: string | undefined; isRetired?: boolean | undefined },
    ): Promise<StoredOption | undefined> {
      const { organisationId, field, id } = option;
      const own = {
        _id: new Types.ObjectId(id),
        organisationId: new Types.ObjectId(organisationId),
        field,
      };
      const update = {
        $set: {
          ...(label === undefined ? {} : { label }),
          ...(isRetired === undefined ? {} : { retiredAt: isRetired ? new Date() : null }),
        },
        ...(label === undefined ? {} : { $addToSet: { keys: optionKey(label) } }),
      };
      const changed = await Option.collection.findOneAndUpdate(own, update, {
        session: transaction,
        returnDocument: 'after',
      });
      return changed ? fromDocument(changed as OptionDocument) : undefined;
    },

    /** The labels of option values; a value that is no option is its own. */
    async labelsOf(
      values: Iterable<{ organisationId: string; field: OptionField; value: string }>,
    ): Promise<(organisationId: string, field: OptionField, value: string) => string> {
      const lookUps = Array.from(values, ({ value: name, ...place }) => lookUpKey({ ...place, name }));
      const found = await findTogether([...new Set(lookUps)]);
      return (organisationId, field, value) => {
        const option = found.get(lookUpKey({ organisationId, field, name: value }));
        // Another option may have been named like this value since.
        return option?.value === value ? option.label : value;
      };
    },
  };
}

export type OptionStore = ReturnType<typeof optionStore>;
