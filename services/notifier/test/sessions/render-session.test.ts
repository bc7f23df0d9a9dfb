import type { SessionLetter, SessionMailKind } from '@mentorline/store';
import t from 'tap';
import { renderSession } from '../../src/sessions/render-session.ts';
import { LETTERHEAD } from '../render-facts.ts';
import { wordsOfHtml, wordsOfText } from '../words.ts';
import { MEETING, START } from './session-fixture.ts';

const KINDS: SessionMailKind[] = [
  ...(['session-assigned', 'session-invited', 'session-enrolled', 'session-changed'] as const),
  ...(['session-cancelled', 'session-removed', 'session-reminder'] as const),
];
const SETTING = { letterhead: LETTERHEAD, recipientName: 'Meera Iyer', unsubscribeUrl: null };

function letter(given: Partial<SessionLetter> = {}): SessionLetter {
  return {
    ...{ sessionId: 'a'.repeat(24), version: 2, userId: 'b'.repeat(24), role: 'mentee' },
    ...{ timeZone: 'Asia/Kolkata', title: 'Leading a school' },
    mentor: { name: 'Asha Rao', address: 'asha.rao@example.org' },
    ...{ start: START, end: new Date(START.getTime() + 3_600_000), reminderMinutes: null },
    inside: { description: 'How to begin', meeting: MEETING, before: null },
    ...given,
  };
}

t.test('text and HTML say the same', async (t) => {
  const before = { title: 'Led', start: new Date(0), end: START, meeting: { ...MEETING, passcode: '1' } };
  for (const kind of KINDS) {
    for (const role of ['mentor', 'mentee'] as const) {
      const inside = { description: 'How to begin', meeting: MEETING, before };
      const given = kind === 'session-changed' ? letter({ role, inside }) : letter({ role });
      const unsubscribeUrl = kind === 'session-reminder' ? 'https://mentoring.example.org/x?token=1' : null;
      const { text, html } = renderSession(kind, given, { ...SETTING, unsubscribeUrl });
      t.same(wordsOfHtml(html), wordsOfText(text), kind);
    }
  }
});

t.test('a session that ends on another day is told with both, in the zone of the organisation', async (t) => {
  const end = new Date(START.getTime() + 12 * 3_600_000);
  const { text } = renderSession('session-invited', letter({ end }), SETTING);
  t.match(text, 'When: 15:00 on 14-06-2031 to 03:00 on 15-06-2031, IST');
  const there = letter({ timeZone: 'America/New_York' });
  t.match(
    renderSession('session-invited', there, SETTING).text,
    '05:30 to 06:30 America/New_York on 14-06-2031',
  );
});

t.test('where a session meets is said as far as it is known', async (t) => {
  const none = { link: null, meetingId: null, passcode: null };
  const at = (platform: 'BBB' | 'ZOOM') =>
    renderSession(
      'session-invited',
      letter({ inside: { description: 'x', meeting: { platform, ...none }, before: null } }),
      SETTING,
    ).text;
  t.match(at('BBB'), 'Where: BigBlueButton\n');
  t.match(at('ZOOM'), 'Where: Zoom (the link comes later)');
  t.notMatch(at('ZOOM'), 'Join');
});

t.test('equal letters give equal mails', async (t) => {
  for (const kind of KINDS) {
    t.same(renderSession(kind, letter(), SETTING), renderSession(kind, letter(), SETTING));
  }
});
