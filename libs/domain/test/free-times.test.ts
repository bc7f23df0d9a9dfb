import fc from 'fast-check';
import t from 'tap';
import { freeTimes } from '../src/free-times.ts';
import { DEFAULT_SETTINGS } from '../src/settings.ts';
import { Calendar, slotsConflict } from '../src/slots.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const holder = { kind: 'foreign' } as const;
const india = (text: string) => Date.parse(`2027-06-${text}:00+05:30`);
const slot = (from: string, to: string) => ({ startMs: india(from), endMs: india(to) });
const DAY = slot('14T00:00', '15T00:00');
const free = (
  booked: { startMs: number; endMs: number }[],
  { span = DAY, gap = 0, nowMs = 0, settings = {} } = {},
) =>
  freeTimes(
    span,
    new Calendar(booked.map((one) => ({ ...one, holder }))),
    gap,
    { ...DEFAULT_SETTINGS, ...settings },
    nowMs,
  );

t.test('a day without sessions is free in the working hours', async (t) => {
  t.same(free([]), [slot('14T08:00', '14T20:00')]);
  t.same(free([], { span: slot('14T19:00', '15T09:00') }), [
    slot('14T19:00', '14T20:00'),
    slot('15T08:00', '15T09:00'),
  ]);
  t.same(free([], { settings: { workingHours: { from: '22:00', to: '24:00' } } }), [
    slot('14T22:00', '15T00:00'),
  ]);
});

t.test('free times neither touch a session nor come nearer than the gap', async (t) => {
  const booked = [slot('14T10:00', '14T11:00'), slot('14T13:00', '14T14:00')];
  t.same(free(booked), [
    slot('14T08:00', '14T09:59'),
    slot('14T11:01', '14T12:59'),
    slot('14T14:01', '14T20:00'),
  ]);
  t.same(free(booked, { gap: 15 }), [
    slot('14T08:00', '14T09:44'),
    slot('14T11:16', '14T12:44'),
    slot('14T14:16', '14T20:00'),
  ]);
});

t.test('what is too short for a session, or in the past, is not free', async (t) => {
  const booked = [slot('14T08:30', '14T19:29')];
  t.same(free(booked), [slot('14T19:30', '14T20:00')], 'thirty minutes are enough, twenty-nine are not');
  t.same(free([], { nowMs: india('14T12:00') }), [slot('14T12:01', '14T20:00')]);
  t.same(free([], { nowMs: india('14T19:45') }), []);
});

t.test('working hours follow the clock of the zone, also where it is moved', async (t) => {
  const settings = { timeZone: 'Europe/Berlin', workingHours: { from: '01:00', to: '05:00' } };
  const span = { startMs: Date.parse('2027-03-27T23:00Z'), endMs: Date.parse('2027-03-28T12:00Z') };
  t.same(free([], { span, settings }), [
    { startMs: Date.parse('2027-03-28T00:00Z'), endMs: Date.parse('2027-03-28T03:00Z') },
  ]);
});

t.test('a start is free exactly if the shortest session could be there', async () => {
  const minute = fc.integer({ min: 0, max: 48 * 60 });
  const sessions = fc.array(fc.tuple(minute, fc.integer({ min: 30, max: 300 })), { maxLength: 8 });
  fc.assert(
    fc.property(sessions, fc.integer({ min: 0, max: 40 }), minute, (list, gap, asked) => {
      const at = (minutes: number) => DAY.startMs - 12 * HOUR_MS + minutes * MINUTE_MS;
      const booked = list.map(([from, length]) => ({ startMs: at(from), endMs: at(from + length) }));
      const shortest = { startMs: at(asked), endMs: at(asked + 30) };
      const inHours = shortest.startMs >= india('14T08:00') && shortest.endMs <= india('14T20:00');
      const isFree = inHours && !booked.some((one) => slotsConflict(shortest, one, gap));
      const isTold = free(booked, { gap }).some(
        ({ startMs, endMs }) => startMs <= shortest.startMs && shortest.endMs <= endMs,
      );
      return isFree === isTold;
    }),
  );
});
