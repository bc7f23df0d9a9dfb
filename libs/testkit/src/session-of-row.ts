const IST_MS = 330 * 60_000;

const list = (cell: string): string[] =>
  cell
    .split(/[,;]/u)
    .map((value) => value.trim().toLowerCase())
    .filter(Boolean);

/**
 * Reads a row again, simply, and compares the session that it published. Rows in other zones than IST and UTC, and
 * files with other than the sample's column names, are not judged.
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
  const zone = cell('Time Zone(IST/UTC)').toUpperCase();
  const [day, month, year] = cell('Date(DD-MM-YYYY)').split('-');
  const digits = cell('Time (24 hrs)').replace(/\D/gu, '');
  const wall = Date.parse(
    `${year}-${month}-${day}T${digits.slice(0, -2).padStart(2, '0')}:${digits.slice(-2)}:00Z`,
  );
  if ((zone !== 'IST' && zone !== 'UTC') || Number.isNaN(wall)) return [];
  const startMs = wall - (zone === 'IST' ? IST_MS : 0);
  const endMs = startMs + Number(cell('Duration(Min)')) * 60_000;
  const mentees = (session.mentees as { userId: unknown }[]).map(({ userId }) => emails.get(String(userId)));
  const values = (name: string): string =>
    list(cell(name))
      .map((v) => v.replace(/\s+/gu, '_'))
      .join();
  const pairs: Record<string, [unknown, unknown]> = {
    title: [session.title, cell('title')],
    description: [session.description, cell('description')],
    type: [session.type, cell('type').toUpperCase()],
    mentor: [emails.get(String(session.mentorId)), list(cell('Mentor(Email)'))[0]],
    mentees: [mentees.join(), list(cell('Mentees(Email)')).join()],
    start: [(session.start as Date).getTime(), startMs],
    end: [(session.end as Date).getTime(), endMs],
    recommendedFor: [(session.recommendedFor as string[]).join(), values('recommended_for')],
    categories: [(session.categories as string[]).join(), values('categories')],
    medium: [(session.medium as string[]).join(), values('medium')],
  };
  return Object.keys(pairs).filter((field) => pairs[field]![0] !== pairs[field]![1]);
}
