import t from 'tap';
import { changeMeeting } from '../src/change-meeting.ts';
import { CSV_FIELD_NAMES } from '../src/draft.ts';
import type { RowError } from '../src/messages.ts';
import type { Meeting } from '../src/session.ts';
import type { MeetingChange } from '../src/session-change.ts';

const BBB: Meeting = { platform: 'BBB', link: null, meetingId: null, passcode: null };
const ZOOM: Meeting = {
  platform: 'ZOOM',
  link: 'https://zoom.us/j/111?pwd=abc',
  meetingId: '111',
  passcode: 'typed',
};
const MEET = 'https://meet.google.com/abc-defg-hij';

const CHANGES: readonly [string, Meeting, MeetingChange, Partial<Meeting>][] = [
  ['nothing', ZOOM, {}, {}],
  ['what is stored', ZOOM, { platform: 'ZOOM', link: ZOOM.link, passcode: 'typed' }, {}],
  ['the stored link in another spelling', ZOOM, { link: 'https://ZOOM.us:443/j/111?pwd=abc' }, {}],
  ['a new meeting id', ZOOM, { meetingId: '848 3992-8742' }, { meetingId: '84839928742' }],
  ['the meeting id taken away', ZOOM, { meetingId: null }, { meetingId: null }],
  [
    'a new link, and the stored meeting id',
    ZOOM,
    { link: 'https://zoom.us/j/222', meetingId: '111' },
    { link: 'https://zoom.us/j/222', meetingId: '111' },
  ],
  ['a new passcode', ZOOM, { passcode: 'new' }, { passcode: 'new' }],
  [
    'a new link with a passcode',
    ZOOM,
    { link: 'https://zoom.us/j/222?pwd=def' },
    { link: 'https://zoom.us/j/222?pwd=def', meetingId: '222', passcode: 'def' },
  ],
  [
    'a new link without a passcode',
    ZOOM,
    { link: 'https://zoom.us/j/222' },
    { link: 'https://zoom.us/j/222', meetingId: '222' },
  ],
  [
    'a new link with a passcode, and the stored passcode',
    ZOOM,
    { link: 'https://zoom.us/j/222?pwd=def', passcode: 'typed' },
    { link: 'https://zoom.us/j/222?pwd=def', meetingId: '222' },
  ],
  [
    'a new link with a passcode that is cleared',
    ZOOM,
    { link: 'https://zoom.us/j/222?pwd=def', passcode: null },
    { link: 'https://zoom.us/j/222?pwd=def', meetingId: '222', passcode: null },
  ],
  [
    'a new personal link',
    ZOOM,
    { link: 'https://zoom.us/my/asha' },
    { link: 'https://zoom.us/my/asha', meetingId: null },
  ],
  ['no link', ZOOM, { link: null }, { link: null, meetingId: null }],
  ['no passcode', ZOOM, { passcode: null }, { passcode: null }],
  [
    'another platform',
    ZOOM,
    { platform: 'GOOGLE_MEET' },
    { platform: 'GOOGLE_MEET', link: null, meetingId: null, passcode: null },
  ],
  [
    'another platform with its link and the old passcode',
    ZOOM,
    { platform: 'GOOGLE_MEET', link: MEET, passcode: 'typed' },
    { platform: 'GOOGLE_MEET', link: MEET, meetingId: null },
  ],
  ['BigBlueButton', ZOOM, { platform: 'BBB', link: null, passcode: null }, BBB],
  ['none to clear', BBB, { link: null, passcode: null }, {}],
];

t.test('what is given takes the place of the stored', async (t) => {
  for (const [title, stored, change, expected] of CHANGES) {
    const errors: RowError[] = [];
    t.same(changeMeeting(stored, change, CSV_FIELD_NAMES, errors), { ...stored, ...expected }, title);
    t.same(errors, [], title);
  }
});

const FAULTS: readonly [string, Meeting, MeetingChange, string[]][] = [
  ['a link for BigBlueButton', BBB, { link: MEET }, ['Link should be empty for BigBlueButton']],
  ['a link of another platform', ZOOM, { link: MEET }, ['Invalid meeting link for Zoom']],
  [
    'the old link for another platform',
    ZOOM,
    { platform: 'GOOGLE_MEET', link: ZOOM.link },
    ['Invalid meeting link for Google Meet'],
  ],
  [
    'the old link for BigBlueButton',
    ZOOM,
    { platform: 'BBB', link: ZOOM.link },
    ['Link should be empty for BigBlueButton'],
  ],
  [
    'a passcode too long',
    ZOOM,
    { passcode: 'x'.repeat(256) },
    ['Meeting Passcode is longer than 255 characters'],
  ],
];

t.test('new texts are read as those of a new session', async (t) => {
  for (const [title, stored, change, expected] of FAULTS) {
    const errors: RowError[] = [];
    t.equal(changeMeeting(stored, change, CSV_FIELD_NAMES, errors), undefined, title);
    t.same(
      errors.map(({ message }) => message),
      expected,
      title,
    );
  }
});
