/** The columns of the session CSV, in the order of the sample file. */
export const SESSION_COLUMNS = [
  { key: 'action', header: 'Action', name: 'Action', mandatory: true },
  { key: 'id', header: 'id', name: 'id', mandatory: false },
  { key: 'title', header: 'title', name: 'title', mandatory: true },
  { key: 'description', header: 'description', name: 'description', mandatory: true },
  { key: 'type', header: 'type', name: 'type', mandatory: true },
  { key: 'mentor', header: 'Mentor(Email)', name: 'Mentor', mandatory: true },
  { key: 'mentees', header: 'Mentees(Email)', name: 'Mentees', mandatory: false },
  { key: 'date', header: 'Date(DD-MM-YYYY)', name: 'Date', mandatory: true },
  { key: 'timeZone', header: 'Time Zone(IST/UTC)', name: 'Time Zone', mandatory: true },
  { key: 'time', header: 'Time (24 hrs)', name: 'Time', mandatory: true },
  { key: 'duration', header: 'Duration(Min)', name: 'Duration', mandatory: true },
  { key: 'recommendedFor', header: 'recommended_for', name: 'recommended_for', mandatory: true },
  { key: 'categories', header: 'categories', name: 'categories', mandatory: true },
  { key: 'medium', header: 'medium', name: 'medium', mandatory: true },
  { key: 'platform', header: 'Meeting Platform', name: 'Meeting Platform', mandatory: false },
  { key: 'link', header: 'Meeting Link', name: 'Meeting Link', mandatory: false },
  {
    key: 'passcode',
    header: 'Meeting Passcode (if needed)',
    name: 'Meeting Passcode',
    mandatory: false,
  },
] as const;

export type SessionColumn = (typeof SESSION_COLUMNS)[number]['key'];

/**
 * What two spellings of one column name have in common: case, white space, `_` and bracketed
 * text do not count, so `Recommended For` and `recommended_for` are the same column.
 */
export function columnKey(name: string): string {
  return name
    .replace(/\([^)]*\)|\[[^\]]*\]/gu, '')
    .replace(/[\s_]/gu, '')
    .normalize('NFC')
    .toLowerCase();
}
