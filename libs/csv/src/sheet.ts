import { type CustomField, SESSION_COLUMNS, USER_COLUMNS } from '@mentorline/domain';

/** A column of the product, as the sample file shows it. */
export interface SheetColumn {
  readonly key: string;
  readonly header: string;
  readonly mandatory: boolean;
}

/** The columns that a file of one kind may have. */
export interface Sheet {
  readonly columns: readonly SheetColumn[];
  readonly customFields: readonly CustomField[];
}

export function sessionSheet(customFields: readonly CustomField[]): Sheet {
  return { columns: SESSION_COLUMNS, customFields };
}

export const USER_SHEET: Sheet = { columns: USER_COLUMNS, customFields: [] };
