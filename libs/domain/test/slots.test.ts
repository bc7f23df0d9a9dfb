import fc from 'fast-check';
import t from 'tap';
import { type BookedSlot, Calendar, calendarWindow, type Slot, slotsConflict } from '../src/slots.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

const slot = (start: number, end: number): Slot => ({ startMs: start * MINUTE_MS, endMs: end * MINUTE_MS });
const booked = (start: number, end: number, row: number): BookedSlot => ({
  ...slot(start, end),
  holder: { kind: 'row', row },
});

const anySlot = fc
  .record({ start: fc.integer({ min: 0, max: 3 * DAY_MINUTES }), length: fc.integer({ min: 1, max: 400 }) })
  .map(({ start, length }) => slot(start, start + length));
const anyBooked = fc
  .array(anySlot, { maxLength: 12 })
  .map((slots) => slots.map((each, row): BookedSlot => ({ ...each, holder: { kind: 'row', row } })));
const anyGap = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90 }));

t.test('slots that touch conflict, a minute between them is enough', async (t) => {
  const existing = slot(900, 960);
  t.ok(slotsConflict(slot(960, 1005), existing, 0), 'starts when the other ends');
  t.ok(slotsConflict(slot(840, 900), existing, 0), 'ends when the other starts');
  t.ok(slotsConflict(slot(910, 920), existing, 0), 'lies within');
  t.ok(slotsConflict(slot(800, 1000), existing, 0), 'lies around');
  t.notOk(slotsConflict(slot(961, 1005), existing, 0), 'a minute later');
  t.notOk(slotsConflict(slot(840, 899), existing, 0), 'a minute earlier');
});

t.test('a gap widens the slot on both sides', async (t) => {
  t.ok(slotsConflict(slot(970, 1000), slot(900, 960), 10));
  t.notOk(slotsConflict(slot(971, 1000), slot(900, 960), 10));
  t.ok(slotsConflict(slot(860, 890), slot(900, 960), 10));
  t.notOk(slotsConflict(slot(860, 889), slot(900, 960), 10));
});

t.test('a conflict is mutual', async () => {
  fc.assert(
    fc.property(
      anySlot,
      anySlot,
      anyGap,
      (a, b, gap) => slotsConflict(a, b, gap) === slotsConflict(b, a, gap),
    ),
  );
});

t.test('a calendar finds what a scan of all slots finds, however it was filled', async () => {
  fc.assert(
    fc.property(anyBooked, fc.nat({ max: 12 }), anySlot, anyGap, (slots, kept, asked, gap) => {
      const calendar = new Calendar(slots.slice(0, kept));
      for (const later of slots.slice(kept)) calendar.book(later);
      const starts = slots.filter((each) => slotsConflict(each, asked, gap)).map(({ startMs }) => startMs);
      const found = calendar.conflictWith(asked, gap);
      if (starts.length === 0) return found === undefined;
      return found !== undefined && slotsConflict(found, asked, gap) && found.startMs === Math.min(...starts);
    }),
    { numRuns: 1000 },
  );
});

t.test('the next free start is free, in the window, and no earlier minute is', async () => {
  const anyWindow = fc.record({ from: fc.nat({ max: 2000 }), length: fc.nat({ max: 1500 }) });
  fc.assert(
    fc.property(anyBooked, anySlot, anyGap, anyWindow, (slots, asked, gap, { from, length }) => {
      const window = { fromMs: from * MINUTE_MS, toMs: (from + length) * MINUTE_MS };
      const lengthMs = asked.endMs - asked.startMs;
      let expected: number | undefined;
      for (
        let startMs = Math.max(asked.startMs, window.fromMs);
        startMs + lengthMs <= window.toMs;
        startMs += MINUTE_MS
      ) {
        const candidate = { startMs, endMs: startMs + lengthMs };
        if (!slots.some((each) => slotsConflict(each, candidate, gap))) {
          expected = startMs;
          break;
        }
      }
      return new Calendar(slots).nextFreeStart(asked, gap, window) === expected;
    }),
    { numRuns: 300 },
  );
});

t.test('the window to load holds every session that can matter', async () => {
  const anyPast = fc.integer({ min: -2 * DAY_MINUTES, max: 4 * DAY_MINUTES });
  fc.assert(
    fc.property(anyPast, fc.integer({ min: 1, max: DAY_MINUTES }), anyGap, (start, length, gap) => {
      const asked = slot(DAY_MINUTES, DAY_MINUTES + 60);
      const { fromMs, toMs } = calendarWindow(asked, gap);
      const other = slot(start, start + length);
      const inWindow = fromMs <= other.startMs && other.startMs <= toMs;
      const lastThatDay = slot(2 * DAY_MINUTES - 60, 2 * DAY_MINUTES);
      return inWindow || !(slotsConflict(asked, other, gap) || slotsConflict(lastThatDay, other, gap));
    }),
  );
});

t.test('a released session no longer holds its slot and can be booked again', async (t) => {
  const calendar = new Calendar([booked(0, 60, 1)]);
  calendar.book({ ...slot(100, 160), holder: { kind: 'session', sessionId: 's1' } });
  const released = calendar.release('s1');
  t.same(released, { ...slot(100, 160), holder: { kind: 'session', sessionId: 's1' } });
  t.equal(calendar.conflictWith(slot(100, 160), 0), undefined);
  t.equal(calendar.release('s1'), undefined);
  if (released !== undefined) calendar.book(released);
  t.match(calendar.conflictWith(slot(100, 160), 0), { holder: { sessionId: 's1' } });
});
