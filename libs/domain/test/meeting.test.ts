import t from 'tap';
import { CSV_FIELD_NAMES } from '../src/draft.ts';
import { meetingToCome, readMeeting } from '../src/meeting.ts';

const read = (platform: string, link = '', passcode = '', meetingId = '') =>
  readMeeting({ platform, link, passcode, meetingId }, CSV_FIELD_NAMES);
const messages = (...cells: Parameters<typeof read>) => read(...cells).errors.map(({ message }) => message);

t.test('platforms are known by their spellings, in any case', async (t) => {
  const spellings: Record<string, string[]> = {
    BBB: ['', 'BBB', 'BigBlueButton', 'Big Blue Button', 'bigbluebutton'],
    GOOGLE_MEET: ['Google Meet', 'Meet', 'google meet', 'GOOGLE_MEET', 'GoogleMeet'],
    WHATSAPP: ['WhatsApp', 'whatsapp', 'WHATSAPP'],
    ZOOM: ['Zoom', 'zoom', 'ZOOM'],
  };
  for (const [platform, texts] of Object.entries(spellings)) {
    for (const text of texts) t.equal(read(text).meeting?.platform, platform, text);
  }
  t.match(read('Skype'), {
    meeting: undefined,
    errors: [{ code: 'MEETING_PLATFORM_INVALID', field: 'platform', value: 'Skype' }],
  });
  t.same(messages('Skype'), ['Invalid meeting platform: Skype']);
  t.same(messages('-'), ['Invalid meeting platform: -'], 'only a blank cell is BigBlueButton');
});

const GOOD: readonly [string, string][] = [
  ['Meet', 'https://meet.google.com/abc-defg-hij'],
  ['Meet', 'https://meet.google.com/abc-defg-hij?authuser=0'],
  ['Meet', 'https://meet.google.com/lookup/abc123'],
  ['Zoom', 'https://zoom.us/j/123'],
  ['Zoom', 'https://us02web.zoom.us/j/84839928742?pwd=abc'],
  ['Zoom', 'https://zoom.us/my/name'],
  ['Zoom', 'https://example-edu.zoom.us/w/84839928742?tk=x'],
  ['Zoom', 'https://zoom.com/j/84839928742'],
  ['Zoom', 'https://www.zoomgov.com/j/84839928742'],
  ['Zoom', 'https://zoom.us/meeting/register/tJUpd-Gqrz0iGdx'],
  ['WhatsApp', 'https://chat.whatsapp.com/AbCdEf123'],
  ['WhatsApp', 'https://call.whatsapp.com/voice/AbCdEf123'],
  ['WhatsApp', 'https://wa.me/919812345678'],
];

t.test('every real form of a link is accepted as it is', async (t) => {
  for (const [platform, link] of GOOD) t.equal(read(platform, link).meeting?.link, link, link);
});

const BAD: readonly [string, string][] = [
  ['Zoom', 'http://zoom.us/j/123'],
  ['Zoom', 'zoom.us/j/123'],
  ['Zoom', 'https://evilzoom.us/j/123'],
  ['Zoom', 'https://zoom.us.evil.org/j/123'],
  ['Zoom', 'https://zoom.us@evil.org/j/123'],
  ['Zoom', 'https://user:secret@zoom.us/j/123'],
  ['Zoom', 'https://zoom.us:8443/j/123'],
  ['Zoom', 'https://zoom.us/'],
  ['Zoom', 'https://meet.google.com/abc-defg-hij'],
  ['Zoom', 'https:\\\\zoom.us\\j\\123'],
  ['Zoom', 'https://zoom.us/j/123 456'],
  ['Zoom', `https://zoom.us/j/${'1'.repeat(3000)}`],
  ['Meet', 'https://x.meet.google.com/abc-defg-hij'],
  ['WhatsApp', 'https://whatsapp.com/x'],
  ['WhatsApp', 'javascript:alert(1)'],
];

t.test('a link of another host or form is refused', async (t) => {
  const names: Record<string, string> = { Zoom: 'Zoom', Meet: 'Google Meet', WhatsApp: 'WhatsApp' };
  for (const [platform, link] of BAD) {
    t.match(
      read(platform, link).errors,
      [{ code: 'MEETING_LINK_INVALID', field: 'link' }],
      link.slice(0, 60),
    );
    t.same(messages(platform, link), [`Invalid meeting link for ${names[platform]}`]);
  }
});

t.test('Zoom id and passcode come from the link where the cells are empty', async (t) => {
  const link = 'https://us02web.zoom.us/j/84839928742?pwd=abc';
  t.match(read('Zoom', link).meeting, { meetingId: '84839928742', passcode: 'abc' });
  t.match(read('Zoom', link, 'xyz', '848 3992 8743').meeting, { meetingId: '84839928743', passcode: 'xyz' });
  t.match(read('Zoom', 'https://zoom.us/my/name').meeting, { meetingId: null, passcode: null });
  for (const path of ['w/99', 's/99', 'wc/99/join', 'wc/join/99', 'launch/jc/99']) {
    t.equal(read('Zoom', `https://zoom.us/${path}`).meeting?.meetingId, '99', path);
  }
  t.match(read('Zoom', '', '', 'my room').errors, [{ code: 'FIELD_INVALID', field: 'meetingId' }]);
});

t.test('a link needs a platform, and BigBlueButton takes none', async (t) => {
  t.same(messages('', 'https://zoom.us/j/1'), ['Meeting platform is not filled']);
  t.same(messages('BBB', 'https://zoom.us/j/1'), ['Link should be empty for BigBlueButton']);
  t.same(messages('', '', 'abc'), ['Invalid Meeting Passcode: abc (should be empty for BigBlueButton)']);
  t.same(messages('BBB', '', '', '12'), ['Invalid Meeting Id: 12 (should be empty for BigBlueButton)']);
  t.same(messages('Zoom', '', 'a'.repeat(256)), ['Meeting Passcode is longer than 255 characters']);
  t.match(read('Zoom', '', 'a\u0007').errors, [{ code: 'FIELD_INVALID', field: 'passcode' }]);
});

t.test('a link may come later, except for BigBlueButton, which needs none', async (t) => {
  const toCome = (...cells: Parameters<typeof read>) => {
    const { meeting } = read(...cells);
    return meeting && meetingToCome(meeting);
  };
  t.equal(toCome('Zoom'), true);
  t.equal(toCome('Meet'), true);
  t.equal(toCome('Meet', 'https://meet.google.com/abc-defg-hij'), false);
  t.equal(toCome(''), false);
});
