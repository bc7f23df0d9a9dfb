import type { FieldNames } from './draft.ts';
import { MOST_ERRORS_OF_A_LIST, type RowError, rowError } from './messages.ts';
import { optionKey, splitValues } from './option.ts';
import type { OptionField, SessionType } from './session.ts';
import { hasControls, hasControlsBesideLayout, isEmail, isLongerThan } from './text.ts';

/** Where the readers of single fields take names from and put errors. */
export interface Reading {
  readonly names: FieldNames;
  readonly errors: RowError[];
  /** Whether people may also be named by user id (24 hex digits). */
  readonly idsAllowed: boolean;
}

/** Characters, counted as Unicode code points. */
export const LONGEST_TITLE = 255;
export const LONGEST_DESCRIPTION = 5000;
export const LONGEST_OPTION = 255;
/** Keeps one row from filling the organisation's list of options. */
export const MOST_OPTIONS = 50;

/** The text, `undefined` with an error if blank. Texts are expected trimmed here and below. */
export function readRequired(
  field: keyof FieldNames,
  text: string,
  { names, errors }: Reading,
): string | undefined {
  if (text !== '') return text;
  errors.push(rowError('FIELD_REQUIRED', field, '', names[field]));
  return undefined;
}

/** 1 to 255 characters of any script, no control characters. */
export function readTitle(text: string, reading: Reading): string | undefined {
  return readText('title', text, LONGEST_TITLE, hasControls, reading);
}

/** 1 to 5,000 characters; line breaks and tabs are allowed. */
export function readDescription(text: string, reading: Reading): string | undefined {
  return readText('description', text, LONGEST_DESCRIPTION, hasControlsBesideLayout, reading);
}

function readText(
  field: 'title' | 'description',
  text: string,
  limit: number,
  isUnfit: (text: string) => boolean,
  reading: Reading,
): string | undefined {
  if (readRequired(field, text, reading) === undefined) return undefined;
  const { names, errors } = reading;
  const found = errors.length;
  if (isLongerThan(text, limit)) errors.push(rowError('FIELD_TOO_LONG', field, text, names[field], limit));
  if (isUnfit(text)) {
    errors.push(rowError('FIELD_INVALID', field, text, names[field], 'text without control characters'));
  }
  return errors.length === found ? text : undefined;
}

/** What `read` makes of a text; `undefined` with an error if it is blank or `read` cannot. */
export function readAs<Value>(
  field: keyof FieldNames,
  text: string,
  read: (text: string) => Value | undefined,
  expected: string,
  reading: Reading,
): Value | undefined {
  if (readRequired(field, text, reading) === undefined) return undefined;
  const value = read(text);
  if (value === undefined) {
    reading.errors.push(rowError('FIELD_INVALID', field, text, reading.names[field], expected));
  }
  return value;
}

/** `Public` or `Private`, any case. */
export function readType(text: string, reading: Reading): SessionType | undefined {
  return readAs('type', text, toType, 'Public or Private', reading);
}

function toType(text: string): SessionType | undefined {
  const type = text.toUpperCase();
  return type === 'PUBLIC' || type === 'PRIVATE' ? type : undefined;
}

/** One reference to a user, lower-case. */
export function readMentor(text: string, reading: Reading): string | undefined {
  if (readRequired('mentor', text, reading) === undefined) return undefined;
  const [only = '', ...more] = splitValues(text);
  if (more.length > 0 || isListOfAddresses(only)) {
    reading.errors.push(rowError('MENTOR_MULTIPLE', 'mentor', text));
    return undefined;
  }
  if (isReference(only, reading)) return only.toLowerCase();
  reading.errors.push(rowError('FIELD_INVALID', 'mentor', text, reading.names.mentor, expected(reading)));
  return undefined;
}

function isListOfAddresses(text: string): boolean {
  const parts = text.split(/\s+/u);
  return parts.length > 1 && parts.every(isEmail);
}

/**
 * References to users, lower-case, each once.
 * @returns the readable ones, `undefined` if none of those given is; `count` counts the others too
 */
export function readMentees(
  texts: readonly string[],
  reading: Reading,
): { mentees: string[] | undefined; count: number } {
  const mentees: string[] = [];
  const seen = new Set<string>();
  let faults = 0;
  const refuse = (text: string, why: string) => {
    faults += 1;
    if (faults > MOST_ERRORS_OF_A_LIST) return;
    reading.errors.push(rowError('FIELD_INVALID', 'mentees', text, reading.names.mentees, why));
  };
  for (const text of texts) {
    const reference = text.toLowerCase();
    if (seen.has(reference)) {
      refuse(text, 'the same mentee twice');
      continue;
    }
    seen.add(reference);
    if (isReference(text, reading)) mentees.push(reference);
    else refuse(text, expected(reading));
  }
  return { mentees: mentees.length === 0 && texts.length > 0 ? undefined : mentees, count: seen.size };
}

function isReference(text: string, { idsAllowed }: Reading): boolean {
  return isEmail(text) || (idsAllowed && /^[0-9a-f]{24}$/iu.test(text));
}

function expected({ idsAllowed }: Reading): string {
  return idsAllowed ? 'an e-mail address or a user id' : 'an e-mail address';
}

/** At least one label or value, each once by option key, as typed. */
export function readOptions(
  field: OptionField,
  texts: readonly string[],
  reading: Reading,
): string[] | undefined {
  const { names, errors } = reading;
  if (texts.length === 0) {
    errors.push(rowError('FIELD_REQUIRED', field, '', names[field]));
    return undefined;
  }
  const byKey = new Map<string, string>();
  for (const text of texts) {
    const key = optionKey(text);
    if (!byKey.has(key)) byKey.set(key, text);
  }
  const values = [...byKey.values()];
  if (values.length > MOST_OPTIONS) {
    const why = `at most ${MOST_OPTIONS} values`;
    errors.push(rowError('FIELD_INVALID', field, values.join(', '), names[field], why));
    return undefined;
  }
  const found = errors.length;
  for (const value of values) {
    if (isLongerThan(value, LONGEST_OPTION)) {
      errors.push(rowError('FIELD_TOO_LONG', field, value, names[field], LONGEST_OPTION));
    } else if (hasControls(value)) {
      errors.push(rowError('FIELD_INVALID', field, value, names[field], 'text without control characters'));
    }
  }
  return errors.length === found ? values : undefined;
}
