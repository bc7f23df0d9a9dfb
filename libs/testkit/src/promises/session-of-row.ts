const IST_MS = 330 * 60_000;

const list = (cell: string): string[] =>
  cell
    .split(/[,;]/u)
    .map((value) => value.trim().toLowerCase())
    .filter(Boolean);

/**
 * Reads a row again, simply, and compares the session that it published or updated. Blank cells, those of an Edit that
 * only clear, rows in other zones than IST and UTC, and files with other than the sample's column names are not judged.
 * @returns the names of the fields that differ
 */
export function differingFields(
  names: readonly string[],
  cells: readonly string[],
  session: Record<string, unknown>,
  /** By user id. */
  emails: ReadonlyMap<string, string>,
): string[] {
  const cell = (name: string): string => (cells[names.indexOf(name)] ?? '').trim();
  const mentees = (session.mentees as { userId: unknown }[]).map(({ userId }) => emails.get(String(userId)));
  const people = (name: string): string => list(cell(name)).sort().join();
  const pairs: Record<string, [written: string | number, stored: unknown]> = {
    title: [cell('title'), session.title],
    description: [cell('description'), session.description],
    type: [cell('type').toUpperCase(), session.type],
    mentor: [list(cell('Mentor(Email)'))[0] ?? '', emails.get(String(session.mentorId))],
    mentees: [cell('Mentees(Email)') === '-' ? '' : people('Mentees(Email)'), mentees.sort().join()],
    ...times(cell, session),
  };
  return Object.keys(pairs).filter(
    (field) => pairs[field]![0] !== '' && pairs[field]![0] !== pairs[field]![1],
  );
}

function times(
  cell: (name: string) => string,
  session: Record<string, unknown>,
): Record<string, [number, number]> {
  const zone = cell('Time Zone(IST/UTC)').toUpperCase();
  const [day, month, year] = cell('Date(DD-MM-YYYY)').split('-');
  const digits = cell('Time (24 hrs)').replace(/\D/gu, '');
  const wall = Date.parse(
    `${year}-${month}-${day}T${digits.slice(0, -2).padStart(2, '0')}:${digits.slice(-2)}:00Z`,
  );
  if ((zone !== 'IST' && zone !== 'UTC') || Number.isNaN(wall)) return {};
  const startMs = wall - (zone === 'IST' ? IST_MS : 0);
  const start = (session.start as Date).getTime();
  const end = (session.end as Date).getTime();
  const minutes = cell('Duration(Min)');
  return {
    start: [startMs, start],
    ...(minutes === '' ? {} : { end: [startMs + Number(minutes) * 60_000, end] }),
  };
}
