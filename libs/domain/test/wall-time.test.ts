import fc from 'fast-check';
import { DateTime } from 'luxon';
import t from 'tap';
import {
  formatDate,
  formatTime,
  localDay,
  nearestUtc,
  readDate,
  readTime,
  wallToUtc,
} from '../src/wall-time.ts';
import { readZone, zoneLabel } from '../src/zone.ts';

const ZONES = [
  'Asia/Kolkata',
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

t.test('dates are real calendar dates as DD-MM-YYYY', async (t) => {
  t.equal(readDate('14-06-2027'), Date.UTC(2027, 5, 14));
  t.equal(readDate('29-02-2028'), Date.UTC(2028, 1, 29));
  for (const text of ['30-02-2027', '29-02-2027', '31-04-2027', '00-01-2027', '01-13-2027', '01-00-2027']) {
    t.equal(readDate(text), undefined, text);
  }
  for (const text of ['2027-06-14', '14/06/2027', '1-6-2027', '14-06-27', '14-06-2027x', '', '01-01-0000']) {
    t.equal(readDate(text), undefined, text);
  }
});

t.test('times are read on the 24-hour clock', async (t) => {
  const good: Record<string, number> = {
    '17:00 Hrs': 1020,
    '17:00': 1020,
    '1700': 1020,
    '17:00hrs': 1020,
    '17:00 HRS': 1020,
    '1700 Hrs': 1020,
    '00:00': 0,
    '0000': 0,
    '23:59': 1439,
    '9:05': 545,
  };
  for (const [text, minutes] of Object.entries(good)) t.equal(readTime(text), minutes, text);
  for (const text of ['24:00', '17:60', '5 pm', '905', '17', '17.00', '17:0', '-1:00', '17:00 Hrs x', '']) {
    t.equal(readTime(text), undefined, text);
  }
});

t.test('zones are IST, UTC or IANA names in any case', async (t) => {
  t.equal(readZone('IST'), 'Asia/Kolkata');
  t.equal(readZone('ist'), 'Asia/Kolkata');
  t.equal(readZone('asia/kolkata'), 'Asia/Kolkata');
  t.equal(readZone('Asia/Calcutta'), 'Asia/Kolkata');
  t.equal(readZone('utc'), 'UTC');
  t.equal(readZone('europe/paris'), 'Europe/Paris');
  for (const text of ['Mars/Olympus', '+05:30', '05:30', '', 'India', 'x'.repeat(1000)]) {
    t.equal(readZone(text), undefined, text.slice(0, 20));
  }
});

t.test('people see IST, UTC or the IANA name', async (t) => {
  t.equal(zoneLabel('Asia/Kolkata'), 'IST');
  t.equal(zoneLabel('UTC'), 'UTC');
  t.equal(zoneLabel('Europe/Paris'), 'Europe/Paris');
});

t.test('a local time that a zone skips or shows twice is told apart', async (t) => {
  const at = (date: string, time: string, zone: string) =>
    wallToUtc(readDate(date) ?? Number.NaN, readTime(time) ?? Number.NaN, zone);
  t.equal(at('14-06-2027', '15:00', 'Asia/Kolkata'), Date.UTC(2027, 5, 14, 9, 30));
  t.equal(at('28-03-2027', '01:59', 'Europe/Paris'), Date.UTC(2027, 2, 28, 0, 59));
  t.equal(at('28-03-2027', '02:00', 'Europe/Paris'), 'missing');
  t.equal(at('28-03-2027', '02:59', 'Europe/Paris'), 'missing');
  t.equal(at('28-03-2027', '03:00', 'Europe/Paris'), Date.UTC(2027, 2, 28, 1));
  t.equal(at('31-10-2027', '01:59', 'Europe/Paris'), Date.UTC(2027, 9, 30, 23, 59));
  t.equal(at('31-10-2027', '02:00', 'Europe/Paris'), 'twice');
  t.equal(at('31-10-2027', '02:59', 'Europe/Paris'), 'twice');
  t.equal(at('31-10-2027', '03:00', 'Europe/Paris'), Date.UTC(2027, 9, 31, 2));
  t.equal(at('30-12-2011', '12:00', 'Pacific/Apia'), 'missing', 'a whole day was skipped');
  t.throws(() => at('14-06-2027', '15:00', 'No/Where'), { message: 'Unknown time zone: No/Where' });
});

t.test(
  'a lenient reading takes the next moment of a skipped time and the first of a doubled one',
  async (t) => {
    t.equal(nearestUtc(Date.UTC(2027, 2, 28), 150, 'Europe/Paris'), Date.UTC(2027, 2, 28, 1, 30));
    t.equal(nearestUtc(Date.UTC(2027, 9, 31), 150, 'Europe/Paris'), Date.UTC(2027, 9, 31, 0, 30));
    t.equal(nearestUtc(Date.UTC(2027, 5, 14), 480, 'Asia/Kolkata'), Date.UTC(2027, 5, 14, 2, 30));
  },
);

/** Every moment at which a clock in the zone shows that time, tried over all offsets there are. */
function moments(localMs: number, zone: string): number[] {
  const shown = DateTime.fromMillis(localMs, { zone: 'utc' }).toFormat('dd-MM-yyyy HH:mm');
  const found: number[] = [];
  for (let offset = -12 * 60; offset <= 14 * 60; offset += 15) {
    const ms = localMs - offset * MINUTE_MS;
    if (DateTime.fromMillis(ms, { zone }).toFormat('dd-MM-yyyy HH:mm') === shown) found.push(ms);
  }
  return found;
}

// The days around the changes of those zones, in 2027; the rest of the time is drawn freely.
const changeDays = [
  '14-03-2027',
  '28-03-2027',
  '04-04-2027',
  '05-09-2027',
  '03-10-2027',
  '31-10-2027',
  '07-11-2027',
];
const anyDay = fc.oneof(
  fc
    .tuple(fc.constantFrom(...changeDays), fc.integer({ min: -1, max: 1 }))
    .map(([text, days]) => (readDate(text) ?? Number.NaN) + days * DAY_MS),
  fc.integer({ min: 0, max: 365 * 10 }).map((days) => Date.UTC(2026, 0, 1) + days * DAY_MS),
);
const anyMinutes = fc.oneof(fc.integer({ min: 0, max: 299 }), fc.integer({ min: 0, max: 1439 }));

t.test('local times become the moment luxon shows them at, or none', async () => {
  fc.assert(
    fc.property(anyDay, anyMinutes, fc.constantFrom(...ZONES), (dayMs, minutes, zone) => {
      const found = moments(dayMs + minutes * MINUTE_MS, zone);
      const expected = found.length === 0 ? 'missing' : found.length === 1 ? found[0] : 'twice';
      return wallToUtc(dayMs, minutes, zone) === expected;
    }),
    { numRuns: 400 },
  );
});

t.test('every local time in India exists once', async () => {
  fc.assert(
    fc.property(anyDay, anyMinutes, (dayMs, minutes) => {
      return wallToUtc(dayMs, minutes, 'Asia/Kolkata') === dayMs + (minutes - 330) * MINUTE_MS;
    }),
  );
});

t.test('moments are shown as luxon shows them', async () => {
  fc.assert(
    fc.property(anyDay, anyMinutes, fc.constantFrom(...ZONES), (dayMs, minutes, zone) => {
      const ms = dayMs + minutes * MINUTE_MS;
      const shown = DateTime.fromMillis(ms, { zone });
      return (
        formatDate(ms, zone) === shown.toFormat('dd-MM-yyyy') &&
        formatTime(ms, zone) === shown.toFormat('HH:mm') &&
        localDay(ms, zone) === readDate(shown.toFormat('dd-MM-yyyy'))
      );
    }),
  );
});
