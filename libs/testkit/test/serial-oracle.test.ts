import t from 'tap';
import { serialWorld } from '../src/index.ts';
import type { OracleRow, OracleSession, OracleWorld } from '../src/oracle/world.ts';

const ID = 'a'.repeat(24);
const at = (time: string): number => Date.parse(`2031-06-02T${time}:00+05:30`);

const session = (given: Partial<OracleSession> = {}): OracleSession => ({
  ...{ id: ID, foreign: false, cancelled: false, title: 'Before', description: 'As it was' },
  ...{ type: 'PUBLIC', mentor: 'asha@example.org', start: at('15:00'), end: at('16:00') },
  mentees: [{ email: 'meera@example.org', enrolment: 'self' }],
  zone: 'Asia/Kolkata',
  options: { recommendedFor: ['teachers'], categories: ['communication'], medium: ['english'] },
  meeting: { platform: 'ZOOM', link: 'https://zoom.us/j/1', meetingId: '1', passcode: '7' },
  custom: {},
  ...given,
});

const world = (given: Partial<OracleWorld> = {}): OracleWorld => ({
  nowMs: Date.parse('2031-01-01T00:00:00Z'),
  people: new Map([
    ['asha@example.org', { name: 'Asha Rao', mentor: true }],
    ['meera@example.org', { name: 'Meera Iyer', mentor: false }],
    ['arjun@example.org', { name: 'Arjun Nair', mentor: false }],
  ]),
  sessions: [session()],
  ...given,
});

const create = (time: string, given: OracleRow = {}): OracleRow => ({
  ...{ Action: 'Create', title: 'New', description: 'Made by the file', type: 'Public' },
  ...{ Mentor: 'asha@example.org', Date: '02-06-2031', Zone: 'IST', Time: time, Duration: '60' },
  ...{ recommended_for: 'Teachers', categories: 'Communication', medium: 'English' },
  ...given,
});
const edit = (given: OracleRow): OracleRow => ({ Action: 'Edit', id: ID, ...given });
const remove: OracleRow = { Action: 'Delete', id: ID };

const tell = (rows: OracleRow[], of: Partial<OracleWorld> = {}): string[] =>
  serialWorld(rows, world(of)).results.map(({ status, codes }) => [status, ...codes].join(' '));

t.test('sessions may neither overlap nor touch, and earlier rows win', async (t) => {
  const rows = [create('16:00'), create('16:01'), create('17:01'), create('17:02'), create('13:59')];
  const taken = 'Invalid MENTOR_SLOT_TAKEN';
  t.same(tell(rows), [taken, 'Published', taken, 'Published', 'Published']);
  const { results } = serialWorld(rows, world());
  t.equal(
    results[0]?.slotMessage,
    `Asha Rao already has a session from 15:00 to 16:00 IST on 02-06-2031 (${ID}); next free time: 02-06-2031 16:01`,
  );
  t.match(results[2]?.slotMessage, /\(row 2 of this file\)/u);
});

t.test('a move and a deletion free the slot for the rows after them, not for those before', async (t) => {
  const taken = 'Invalid MENTOR_SLOT_TAKEN';
  t.same(tell([create('15:00'), edit({ Time: '18:00' }), create('15:00'), create('18:30')]), [
    ...[taken, 'Updated', 'Published', taken],
  ]);
  t.same(tell([create('15:00'), remove, create('15:00'), remove, edit({ title: 'Gone' })]), [
    ...[taken, 'Deleted', 'Published', 'Invalid SESSION_NOT_FOUND', 'Invalid SESSION_NOT_FOUND'],
  ]);
  t.same(tell([edit({ Time: '15:30' })]), ['Updated'], 'its own old slot does not count');
});

t.test('an edit is about what differs only', async (t) => {
  const rows = [
    edit({ title: 'Before', type: 'public', Mentor: 'ASHA@example.org', Time: '15:00', Mentees: '' }),
    edit({ Mentor: 'meera@example.org' }),
    edit({ type: 'Private' }),
    edit({ Mentees: 'meera@example.org, arjun@example.org' }),
    edit({ Mentees: '-' }),
  ];
  const immutable = 'Invalid IMMUTABLE_FIELD';
  t.same(tell(rows), ['Unchanged', immutable, immutable, 'Updated', 'Updated']);
  const [after] = serialWorld(rows.slice(0, 4), world()).sessions;
  t.same(after?.mentees, [
    { email: 'meera@example.org', enrolment: 'self' },
    { email: 'arjun@example.org', enrolment: 'invited' },
  ]);
});

t.test(
  'another zone alone reads the clock anew; another platform drops what belonged to the old',
  async (t) => {
    const [moved] = serialWorld([edit({ Zone: 'UTC' })], world()).sessions;
    t.equal(moved?.start, Date.parse('2031-06-02T15:00:00Z'));
    const [met] = serialWorld([edit({ Platform: 'Google Meet' })], world()).sessions;
    t.same(met?.meeting, { platform: 'GOOGLE_MEET', link: null, meetingId: null, passcode: null });
    const [linked] = serialWorld([edit({ Link: 'https://zoom.us/j/2' })], world()).sessions;
    t.same(linked?.meeting, { platform: 'ZOOM', link: 'https://zoom.us/j/2', meetingId: '2', passcode: '7' });
  },
);

t.test('a live session takes another meeting and nothing else, a completed one nothing at all', async (t) => {
  const rows = [edit({ Link: 'https://zoom.us/j/2' }), edit({ title: 'Late' }), remove, edit({})];
  const locked = 'Invalid SESSION_LOCKED';
  t.same(tell(rows, { nowMs: at('15:30') }), ['Updated', locked, locked, 'Unchanged']);
  t.same(tell(rows, { nowMs: at('17:00') }), [locked, locked, locked, 'Unchanged']);
});

t.test('sessions of others are not found, and hold their slots without a name', async (t) => {
  const others = { sessions: [session({ foreign: true })] };
  t.same(tell([edit({ title: 'Mine now' }), remove], others), [
    ...['Invalid SESSION_NOT_FOUND', 'Invalid SESSION_NOT_FOUND'],
  ]);
  const { results } = serialWorld([create('15:00')], world(others));
  t.match(results[0]?.slotMessage, /\(a session of another organisation\)/u);
});

t.test('a report that is uploaded again changes nothing', async (t) => {
  const gone = { sessions: [session({ cancelled: true })] };
  t.same(tell([create('15:00', { id: ID, Status: 'Published' })]), ['Unchanged']);
  t.same(tell([{ ...remove, Status: 'Deleted' }], gone), ['Unchanged']);
  t.same(tell([edit({ title: 'Later deleted', Status: 'Updated' })], gone), ['Unchanged']);
  t.same(tell([create('15:00', { id: 'b'.repeat(24), Status: 'Published' })]), ['Invalid ACTION_INVALID']);
});
