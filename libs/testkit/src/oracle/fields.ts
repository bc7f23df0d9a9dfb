import type { CustomField, OptionField } from '@mentorline/domain';
import { dayOf } from './clock.ts';
import type { OracleWorld } from './world.ts';

export const OPTION_COLUMNS: readonly [OptionField, string][] = [
  ['recommendedFor', 'recommended_for'],
  ['categories', 'categories'],
  ['medium', 'medium'],
];

export const list = (cell: string): string[] =>
  cell
    .split(/[,;]/u)
    .map((v) => v.trim())
    .filter(Boolean);

const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/u.test(text);

/** Title or description. */
export function checkText(text: string, limit: number, codes: string[]): void {
  if ([...text].length > limit) codes.push('FIELD_TOO_LONG');
  // Line breaks and tabs are fine in the longer of the two.
  const controls = limit > 255 ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u;
  if (controls.test(text)) codes.push('FIELD_INVALID');
}

/** The mentor's address, whoever that is; undefined when the cell names none, or more than one. */
export function readMentor(cell: string, world: OracleWorld, codes: string[]): string | undefined {
  const [only, ...more] = list(cell.toLowerCase());
  if (more.length > 0) codes.push('MENTOR_MULTIPLE');
  else if (!only || !isEmail(only)) codes.push('FIELD_INVALID');
  else if (!world.people.has(only)) codes.push('USER_NOT_FOUND');
  else if (!world.people.get(only)!.mentor) codes.push('NOT_A_MENTOR');
  return more.length === 0 && only && isEmail(only) ? only : undefined;
}

export function readMentees(
  cell: string,
  session: { mentor: string | undefined; type: string },
  world: OracleWorld,
  codes: string[],
): string[] {
  const named = list(cell.toLowerCase());
  const distinct = [...new Set(named)];
  const readable = distinct.filter(isEmail);
  for (let n = readable.length; n < named.length; n += 1) codes.push('FIELD_INVALID');
  for (const mentee of readable) if (!world.people.has(mentee)) codes.push('USER_NOT_FOUND');
  if (session.mentor && readable.includes(session.mentor)) codes.push('MENTOR_IS_MENTEE');
  if (session.type === 'PRIVATE' && named.length === 0) codes.push('MENTEES_REQUIRED');
  if (distinct.length > (world.settings?.enrolmentLimit ?? 5)) codes.push('SEATS_FULL');
  return readable;
}

const plain = (text: string): string => text.trim().toLowerCase().replace(/\s+/gu, ' ');

export function readOptions(field: OptionField, cell: string, world: OracleWorld, codes: string[]): string[] {
  const labels = [...new Set(list(cell).map(plain))];
  if (labels.length === 0) codes.push('FIELD_REQUIRED');
  const values = labels.map((label) => {
    const known = world.options?.find(
      (option) => option.field === field && [plain(option.label), plain(option.value)].includes(label),
    );
    if (!known && world.settings?.newOptions === 'reject') codes.push('OPTION_UNKNOWN');
    return known?.value ?? label.replaceAll(' ', '_');
  });
  return [...new Set(values)];
}

/** One custom field's value; undefined when it is blank, or wrong. */
export function readCustom(
  { type, required, allowedValues }: CustomField,
  text: string,
  codes: string[],
): string | number | boolean | undefined {
  if (text === '') {
    if (required) codes.push('FIELD_REQUIRED');
    return undefined;
  }
  const value = customValue(type, text);
  const allowed = allowedValues.find((one) => plain(one) === plain(text));
  if (value !== undefined && (allowedValues.length === 0 || allowed !== undefined)) return allowed ?? value;
  codes.push('CUSTOM_FIELD_INVALID');
  return undefined;
}

function customValue(type: CustomField['type'], text: string): string | number | boolean | undefined {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return /^-?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : undefined;
    case 'boolean':
      return { yes: true, no: false }[text.toLowerCase()];
    case 'date': {
      const day = dayOf(text);
      return day === undefined ? undefined : new Date(day).toISOString().slice(0, 10);
    }
  }
}
