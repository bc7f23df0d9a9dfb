import ICAL from 'ical.js';
import t from 'tap';
import { type CalendarEvent, writeEvent } from '../src/index.ts';

const SESSION: CalendarEvent = {
  id: '0123456789abcdef01234567',
  version: 3,
  title: 'Leading, a school; “well” \\ नेतृत्व',
  description: 'First line\nBEGIN:VEVENT\nsecond; with, all: signs \\n "quoted"',
  cancelled: false,
  organizer: { name: 'Asha "A." Rao; PhD', email: 'asha.rao@example.org' },
  start: new Date('2027-06-14T09:30:00Z'),
  end: new Date('2027-06-14T10:30:00Z'),
  meeting: {
    platform: 'ZOOM',
    link: 'https://zoom.us/j/84839928742?pwd=secret',
    meetingId: '84839928742',
    passcode: 'secret',
  },
  created: new Date('2027-06-01T00:00:00Z'),
  stamp: new Date('2027-06-02T03:04:05Z'),
};
const INDIA = { zone: 'Asia/Kolkata', domain: 'mentor.example.org' };
const read = (text: string) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const [event, ...more] = calendar.getAllSubcomponents('vevent');
  if (!event || more.length > 0) throw new Error(`${1 + more.length} events`);
  const value = (name: string) => event.getFirstPropertyValue(name);
  return { calendar, event: new ICAL.Event(event), value };
};

t.test('another program reads the event as it was meant', async (t) => {
  const { calendar, event, value } = read(writeEvent(SESSION, INDIA));
  t.equal(calendar.getFirstPropertyValue('version'), '2.0');
  t.ok(calendar.getFirstPropertyValue('prodid'));
  t.equal(event.uid, '0123456789abcdef01234567@mentor.example.org');
  t.equal(event.sequence, 2);
  t.equal(event.summary, SESSION.title);
  t.equal(
    event.description,
    `${SESSION.description}\n\nMeeting: Zoom\nLink: ${SESSION.meeting!.link}\nMeeting id: 84839928742\nPasscode: secret`,
  );
  t.equal(event.location, SESSION.meeting!.link);
  t.equal(String(value('url')), SESSION.meeting!.link);
  t.equal(value('status'), 'CONFIRMED');
  t.equal(event.organizer, 'mailto:asha.rao@example.org');
  t.equal(String(value('dtstamp')), '2027-06-02T03:04:05Z');
  t.equal(String(value('last-modified')), '2027-06-02T03:04:05Z');
});

t.test('the times stand in the zone of the organisation, which the file defines', async (t) => {
  for (const [zone, local, day = '2027-06-14'] of [
    ['Asia/Kolkata', '15:00:00'],
    ['Europe/Berlin', '11:30:00'],
    ['America/New_York', '05:30:00'],
    ['US/Eastern', '05:30:00'],
    ['Pacific/Auckland', '21:30:00'],
    ['Asia/Kathmandu', '15:15:00'],
  ] as const) {
    const { calendar, event } = read(writeEvent(SESSION, { ...INDIA, zone }));
    const defined = calendar.getFirstSubcomponent('vtimezone')!;
    const { startDate, endDate } = event;
    t.equal(startDate.toString(), `${day}T${local}`, zone);
    const tzid = defined.getFirstPropertyValue('tzid');
    t.equal(
      calendar.getFirstSubcomponent('vevent')!.getFirstProperty('dtstart')!.getFirstParameter('tzid'),
      tzid,
    );
    const timezone = new ICAL.Timezone(defined);
    for (const [time, expected] of [
      [startDate, SESSION.start],
      [endDate, SESSION.end],
    ] as const) {
      time.zone = timezone;
      t.equal(time.toJSDate().toISOString(), expected.toISOString(), zone);
    }
  }
  const utc = read(writeEvent(SESSION, { ...INDIA, zone: 'UTC' }));
  t.equal(utc.event.startDate.toJSDate().toISOString(), '2027-06-14T09:30:00.000Z');
});

t.test('lines are folded at 75 octets, in no character, and end as the RFC has it', async (t) => {
  const long = 'नेतृत्व 👩‍🏫 '.repeat(40).trim();
  const text = writeEvent({ ...SESSION, title: long, description: long }, INDIA);
  t.equal(read(text).event.summary, long);
  t.ok(text.replaceAll('\r\n', '').match(/^[^\r\n]*$/), 'no other line breaks');
  for (const line of text.split('\r\n')) {
    t.ok(Buffer.byteLength(line) <= 75, `${Buffer.byteLength(line)} octets`);
    t.notMatch(line, /\p{Cs}|\uFFFD/u);
  }
});

t.test('a cancelled session is told as such, under the same UID', async (t) => {
  const { event, value } = read(writeEvent({ ...SESSION, cancelled: true, version: 4 }, INDIA));
  t.equal(value('status'), 'CANCELLED');
  t.equal(event.sequence, 3);
  t.equal(event.uid, '0123456789abcdef01234567@mentor.example.org');
});

t.test('a meeting without a link is named, and nothing is said of what there is not', async (t) => {
  const meeting = { platform: 'BBB' as const, link: null, meetingId: null, passcode: null };
  const { event, value } = read(writeEvent({ ...SESSION, meeting }, INDIA));
  t.equal(event.location, 'BigBlueButton');
  t.equal(event.description, `${SESSION.description}\n\nMeeting: BigBlueButton`);
  t.equal(value('url'), null);
});

t.test('an event that is sent names its method and its one recipient, and asks for no answer', async (t) => {
  const attendee = { name: 'Ravi "R."\r\nBEGIN:VALARM', email: 'ravi@example.org' };
  const sent = read(writeEvent(SESSION, INDIA, { method: 'REQUEST', attendee }));
  t.equal(sent.calendar.getFirstPropertyValue('method'), 'REQUEST');
  t.equal(sent.value('status'), 'CONFIRMED');
  const [only, ...others] = sent.event.attendees;
  t.same(others, []);
  t.match(only?.getFirstValue(), /^mailto:ravi@example\.org$/i);
  t.equal(only?.getFirstParameter('rsvp'), 'FALSE');
  t.equal(sent.calendar.getAllSubcomponents('valarm').length, 0);
  const taken = read(writeEvent({ ...SESSION, meeting: null }, INDIA, { method: 'CANCEL', attendee }));
  t.equal(taken.calendar.getFirstPropertyValue('method'), 'CANCEL');
  t.equal(taken.value('status'), 'CANCELLED');
  t.equal(taken.event.uid, sent.event.uid);
  t.equal(taken.event.description, SESSION.description);
  t.equal(taken.value('location'), null);
});
