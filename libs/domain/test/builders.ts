import { SESSION_COLUMNS, type SessionColumn } from '../src/columns.ts';
import { CSV_FIELD_NAMES } from '../src/draft.ts';
import { optionKey, optionValue } from '../src/option.ts';
import type { RowCells } from '../src/read-row.ts';
import type { Person } from '../src/session.ts';
import type { CheckContext } from '../src/session-rules.ts';
import { DEFAULT_SETTINGS } from '../src/settings.ts';

/** 01-01-2027, 00:00 UTC. */
export const NOW_MS = Date.UTC(2027, 0, 1);

function person(name: string, roles: Person['roles'], rest: Partial<Person> = {}): Person {
  const email = `${name.toLowerCase().replace(' ', '.')}@example.org`;
  const id = Buffer.from(name.padEnd(12, '.')).subarray(0, 12).toString('hex');
  return { id, email, name, roles, organisationId: 'org', slotGapMinutes: 0, ...rest };
}

export const ASHA = person('Asha Rao', ['mentor']);
export const VIKRAM = person('Vikram Shah', ['mentor', 'mentee']);
export const MEERA = person('Meera Iyer', ['mentee']);
const OTHERS = ['Ben Ode', 'Cai Lu', 'Dia Roy', 'Eva Sol', 'Fay Tan', 'Gus Uhl'].map((name) =>
  person(name, ['mentee']),
);
export const SIX_MENTEES = OTHERS.map(({ email }) => email);

const OPTIONS = ['Teachers', 'Communication', 'Life skills', 'English'];

export function context(rest: Partial<CheckContext> = {}): CheckContext {
  const people = new Map(
    [ASHA, VIKRAM, MEERA, ...OTHERS].flatMap((user) => [
      [user.id, user],
      [user.email, user],
    ]),
  );
  const options = new Map(
    OPTIONS.flatMap((label) => [
      [optionKey(label), optionValue(label)],
      [optionValue(label), optionValue(label)],
    ]),
  );
  return {
    directory: { find: (reference) => people.get(reference) },
    options: { find: (_field, text) => options.get(optionKey(text)), isRetired: () => false },
    settings: DEFAULT_SETTINGS,
    nowMs: NOW_MS,
    names: CSV_FIELD_NAMES,
    ...rest,
  };
}

export const GOOD_ROW: Readonly<Record<SessionColumn, string>> = {
  action: 'Create',
  id: '',
  title: 'Leading a school',
  description: 'How heads plan a year',
  type: 'Public',
  mentor: 'asha.rao@example.org',
  mentees: '',
  date: '14-06-2027',
  timeZone: 'IST',
  time: '15:00 Hrs',
  duration: '60',
  recommendedFor: 'Teachers',
  categories: 'Communication',
  medium: 'English',
  platform: '',
  link: '',
  passcode: '',
};

/** A row that is fine, but for what is given. */
export function row(
  changes: Partial<Record<SessionColumn, string>> = {},
  more: { custom?: Record<string, string>; surplus?: string[]; earlierStatus?: string } = {},
): RowCells {
  const cells = { ...GOOD_ROW, ...changes };
  return {
    get: (column) => cells[column],
    custom: new Map(Object.entries(more.custom ?? {})),
    surplus: more.surplus ?? [],
    earlierStatus: more.earlierStatus ?? '',
  };
}

/** A row from its cells in the order of the sample file. */
export function rowOf(...texts: string[]): RowCells {
  const cells = new Map(SESSION_COLUMNS.map(({ key }, index) => [key, texts[index] ?? '']));
  return { get: (column) => cells.get(column) ?? '', custom: new Map(), surplus: [], earlierStatus: '' };
}
