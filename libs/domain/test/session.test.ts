import t from 'tap';
import { columnKey } from '../src/columns.ts';
import { statusAt } from '../src/session.ts';

t.test('the clock decides the status of a session', async (t) => {
  const session = { startMs: 100, endMs: 200, cancelled: false };
  t.equal(statusAt(session, 99), 'PUBLISHED');
  t.equal(statusAt(session, 100), 'LIVE');
  t.equal(statusAt(session, 200), 'LIVE');
  t.equal(statusAt(session, 201), 'COMPLETED');
  t.equal(statusAt({ ...session, cancelled: true }, 150), 'CANCELLED');
});

t.test('spellings of one column share a key', async (t) => {
  t.equal(columnKey('Recommended For'), columnKey('recommended_for'));
  t.equal(columnKey('Mentor(Email)'), columnKey(' mentor '));
  t.equal(columnKey('Meeting Passcode (if needed)'), columnKey('Meeting Passcode'));
  t.not(columnKey('Mentor'), columnKey('Mentees'));
});
