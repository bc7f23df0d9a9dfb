import { OPTION_FIELDS, type OptionCatalogue, type OptionField, optionKey } from '@mentorline/domain';
import { Types } from 'mongoose';
import type { Models } from './models.ts';
import type { OptionDocument } from './option.model.ts';
import type { Transaction } from './transaction.ts';

/** A new option, or another spelling of one that the same import has brought; `row` is where it stands. */
export interface OptionClaim {
  field: OptionField;
  value: string;
  label: string;
  row: number | null;
}

interface KnownOption {
  value: string;
  label: string;
  /** Set only for an option that the import at hand has brought itself. */
  row: number | null;
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

  label(field: OptionField, value: string): string {
    return this.#known[field].get(optionKey(value))?.label ?? value;
  }

  /** Whether this row must claim the option: nobody has it yet, or only a later row of the same import. */
  mustClaim(field: OptionField, value: string, row: number): boolean {
    const known = this.#known[field].get(optionKey(value));
    return !known || (known.row !== null && known.row > row);
  }
}

export function optionStore({ Option }: Models) {
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
        });
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
      const found = new Map(existing.map((option) => [`${option.field}:${option.value}`, option]));
      const missing: OptionDocument[] = [];
      for (const { field, value, label, row } of claims) {
        const option = found.get(`${field}:${value}`);
        if (!option) {
          const keys = [...new Set([optionKey(label), optionKey(value)])];
          const fresh = { _id: new Types.ObjectId(), organisationId, field, value, label, keys, importId };
          missing.push({ ...fresh, importRow: row, createdAt: new Date() });
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

    /** Labels of the option values that a page of sessions uses, under `field:value`. */
    async labelsOf(
      organisationIds: readonly string[],
      values: Iterable<{ field: OptionField; value: string }>,
    ): Promise<(organisationId: string, field: OptionField, value: string) => string> {
      const keys = [...new Set([...values].map(({ value }) => optionKey(value)))];
      const options = await Option.find({
        organisationId: { $in: organisationIds },
        field: { $in: OPTION_FIELDS },
        keys: { $in: keys },
      }).lean();
      const labels = new Map(
        options.map((o) => [`${o.organisationId.toHexString()}:${o.field}:${o.value}`, o.label]),
      );
      return (organisationId, field, value) => labels.get(`${organisationId}:${field}:${value}`) ?? value;
    },
  };
}

export type OptionStore = ReturnType<typeof optionStore>;
