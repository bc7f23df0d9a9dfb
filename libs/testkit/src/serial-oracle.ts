/** What the rules make of a file, one row at a time in file order: plain, slow, and sharing no code with the product. */
export interface OracleRow {
  [column: string]: string;
}

export interface OracleWorld {
  nowMs: number;
  /** By lower-case e-mail address; those who cannot be seen are absent. */
  people: ReadonlyMap<string, { name: string; mentor: boolean }>;
}

export interface OracleResult {
  status: 'Published' | 'Invalid';
  codes: string[];
  /** The whole sentence about a taken slot. */
  slotMessage?: string;
}

const MINUTE = 60_000;
const IST = 330 * MINUTE;
const list = (cell: string): string[] =>
  cell
    .split(/[,;]/u)
    .map((v) => v.trim())
    .filter(Boolean);
const clock = (ms: number): string => new Date(ms + IST).toISOString().slice(11, 16);
const day = (ms: number): string =>
  new Date(ms + IST).toISOString().slice(0, 10).split('-').reverse().join('-');

/** Columns: Action id title description type Mentor Mentees Date Zone Time Duration recommended_for categories medium. */
export function serialOracle(rows: readonly OracleRow[], world: OracleWorld): OracleResult[] {
  const booked: { mentor: string; start: number; end: number; row: number }[] = [];
  return rows.map((cells, index) => {
    const cell = (name: string): string => (cells[name] ?? '').trim();
    const codes: string[] = [];
    if (cell('Action').toLowerCase() !== 'create' || cell('id')) codes.push('ACTION_INVALID');
    for (const name of ['title', 'description', 'type', 'Mentor', 'Date', 'Zone', 'Time', 'Duration'])
      if (!cell(name)) codes.push('FIELD_REQUIRED');
    for (const name of ['recommended_for', 'categories', 'medium'])
      if (list(cell(name)).length === 0) codes.push('FIELD_REQUIRED');
    if ([...cell('title')].length > 255) codes.push('FIELD_TOO_LONG');
    const type = cell('type').toLowerCase();
    if (type && type !== 'public' && type !== 'private') codes.push('FIELD_INVALID');
    const [mentor = ''] = list(cell('Mentor').toLowerCase());
    const person = world.people.get(mentor);
    if (mentor && !person) codes.push('USER_NOT_FOUND');
    if (person && !person.mentor) codes.push('NOT_A_MENTOR');
    const mentees = list(cell('Mentees').toLowerCase());
    for (const mentee of mentees) if (!world.people.has(mentee)) codes.push('USER_NOT_FOUND');
    if (mentees.includes(mentor)) codes.push('MENTOR_IS_MENTEE');
    if (type === 'private' && mentees.length === 0) codes.push('MENTEES_REQUIRED');
    if (mentees.length > 5) codes.push('SEATS_FULL');

    const [, d, m, y] = /^(\d\d)-(\d\d)-(\d{4})$/u.exec(cell('Date')) ?? [];
    const midnight = Date.parse(`${y}-${m}-${d}T00:00:00Z`);
    const real = !Number.isNaN(midnight) && new Date(midnight).getUTCDate() === Number(d);
    if (cell('Date') && !real) codes.push('FIELD_INVALID');
    const [, hh, mm] = /^([01]\d|2[0-3]):?([0-5]\d)(?: Hrs)?$/iu.exec(cell('Time')) ?? [];
    if (cell('Time') && hh === undefined) codes.push('FIELD_INVALID');
    const zone = cell('Zone').toUpperCase();
    if (zone && zone !== 'IST' && zone !== 'UTC') codes.push('FIELD_INVALID');
    const minutes = /^\d+$/u.test(cell('Duration')) ? Number(cell('Duration')) : Number.NaN;
    if (cell('Duration') && Number.isNaN(minutes)) codes.push('FIELD_INVALID');
    if (minutes < 30) codes.push('DURATION_TOO_SHORT');
    if (minutes > 1440) codes.push('DURATION_TOO_LONG');
    const timed = real && hh !== undefined && (zone === 'IST' || zone === 'UTC');
    const start = midnight + (Number(hh) * 60 + Number(mm)) * MINUTE - (zone === 'IST' ? IST : 0);
    const end = start + minutes * MINUTE;
    if (timed && start <= world.nowMs) codes.push('START_IN_PAST');

    let slotMessage: string | undefined;
    if (person?.mentor && timed && start > world.nowMs && minutes >= 30 && minutes <= 1440) {
      const mine = booked.filter((slot) => slot.mentor === mentor).sort((a, b) => a.start - b.start);
      const clash = (from: number, to: number) => mine.find((slot) => from <= slot.end && slot.start <= to);
      const taken = clash(start, end);
      if (taken) {
        codes.push('MENTOR_SLOT_TAKEN');
        const dawn = Math.floor((start + IST) / (1440 * MINUTE)) * 1440 * MINUTE - IST;
        let free = Math.max(start, dawn + 480 * MINUTE);
        while (free + (end - start) <= dawn + 1200 * MINUTE && clash(free, free + end - start))
          free += MINUTE;
        const next =
          free + (end - start) <= dawn + 1200 * MINUTE ? `${day(free)} ${clock(free)}` : 'none that day';
        slotMessage =
          `${person.name} already has a session from ${clock(taken.start)} to ${clock(taken.end)} IST on ` +
          `${day(taken.start)} (row ${taken.row} of this file); next free time: ${next}`;
      } else if (codes.length === 0) booked.push({ mentor, start, end, row: index + 1 });
    }
    const status = codes.length === 0 ? 'Published' : 'Invalid';
    return slotMessage === undefined ? { status, codes } : { status, codes, slotMessage };
  });
}
