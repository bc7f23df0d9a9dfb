export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const INDIA = 'Asia/Kolkata';

const zones = new Map<string, string | undefined>();

/** IANA name of what a cell says; undefined: no such zone. */
export function zoneOf(text: string): string | undefined {
  if (!zones.has(text)) zones.set(text, findZone(text));
  return zones.get(text);
}

function findZone(text: string): string | undefined {
  if (text.toUpperCase() === 'IST') return INDIA;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    return timeZone.replace('Calcutta', 'Kolkata');
  } catch {
    return undefined;
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall shows, as if it stood in Greenwich. */
export function wallOf(ms: number, zone: string): number {
  if (zone === 'UTC') return ms;
  if (zone === INDIA) return ms + 5.5 * HOUR;
  let clock = clocks.get(zone);
  if (!clock) {
    const fields = {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    } as const;
    clock = new Intl.DateTimeFormat('en-CA', { ...fields, timeZone: zone, hourCycle: 'h23' });
    clocks.set(zone, clock);
  }
  const part = Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, value]));
  return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:00Z`);
}

/** Every moment at which the clock shows that: none where it skips it, two where it shows it twice. */
export function momentsOf(wall: number, zone: string): number[] {
  const offsets = new Set([-DAY, 0, DAY].map((away) => wallOf(wall + away, zone) - (wall + away)));
  return [...offsets].map((offset) => wall - offset).filter((moment) => wallOf(moment, zone) === wall);
}

/** `HH:mm` */
export const timeText = (ms: number, zone: string): string =>
  new Date(wallOf(ms, zone)).toISOString().slice(11, 16);

/** `DD-MM-YYYY` */
export const dateText = (ms: number, zone: string): string =>
  new Date(wallOf(ms, zone)).toISOString().slice(0, 10).split('-').reverse().join('-');

/** Midnight of a written day, as if it began in Greenwich; undefined: no calendar has it. */
export function dayOf(text: string): number | undefined {
  const [, d, m, y] = /^(\d\d)-(\d\d)-(\d{4})$/u.exec(text) ?? [];
  const midnight = Date.parse(`${y}-${m}-${d}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).getUTCDate() === Number(d) ? midnight : undefined;
}

/** Time since midnight. */
export function timeOf(text: string): number | undefined {
  const [, h, hh, mm] = /^(?:(\d\d?):|(\d\d))([0-5]\d)\s*(?:hrs)?$/iu.exec(text) ?? [];
  const hour = Number(h ?? hh);
  return hour < 24 ? hour * HOUR + Number(mm) * MINUTE : undefined;
}
