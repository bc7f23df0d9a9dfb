import { IANAZone } from 'luxon';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

const INDIA = 'Asia/Kolkata';
const LONGEST_ZONE_NAME = 64;
const MOST_CACHED = 10_000;

const zones = new Map<string, string | undefined>();

/**
 * `IST` (India), `UTC` or an IANA name, in any case.
 * @returns the IANA name, in its own spelling where the platform knows it; `undefined`: no such zone
 */
export function readZone(text: string): string | undefined {
  if (text.length > LONGEST_ZONE_NAME) return undefined;
  const cached = zones.get(text);
  if (cached !== undefined || zones.has(text)) return cached;
  if (zones.size >= MOST_CACHED) zones.clear();
  const zone = findZone(text);
  zones.set(text, zone);
  return zone;
}

function findZone(text: string): string | undefined {
  if (/^(?:IST|Asia\/Kolkata|Asia\/Calcutta)$/iu.test(text)) return INDIA;
  // Newer platforms also take bare offsets; the sheet names zones only.
  if (!/^[A-Za-z]/u.test(text) || !IANAZone.isValidZone(text)) return undefined;
  const resolved = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  return resolved.toLowerCase() === text.toLowerCase() ? resolved : text;
}

/** How the application names a zone to people. */
export function zoneLabel(zone: string): string {
  return readZone(zone) === INDIA ? 'IST' : zone;
}

/** By zone and UTC day; NaN on a day on which the offset changes. Asking luxon costs some 15 µs. */
const offsets = new Map<string, number>();

/**
 * The zone's offset from UTC at a moment, in milliseconds, positive east of Greenwich.
 * @throws RangeError for a zone that does not exist
 */
export function offsetMs(zone: string, atMs: number): number {
  if (zone === 'UTC') return 0;
  const day = Math.floor(atMs / DAY_MS);
  const key = `${zone} ${day}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const first = askOffset(zone, day * DAY_MS);
    offset = first === askOffset(zone, (day + 1) * DAY_MS - 1) ? first : Number.NaN;
    if (offsets.size >= MOST_CACHED) offsets.clear();
    offsets.set(key, offset);
  }
  return Number.isNaN(offset) ? askOffset(zone, atMs) : offset;
}

function askOffset(zone: string, atMs: number): number {
  const minutes = IANAZone.create(zone).offset(atMs);
  if (Number.isNaN(minutes)) throw new RangeError(`Unknown time zone: ${zone}`);
  return minutes * MINUTE_MS;
}
