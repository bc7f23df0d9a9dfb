import t from 'tap';
import { decideJoining, decideLeaving, type EnrolmentDecision } from '../src/decide-enrolment.ts';
import { ASHA, MEERA } from './builders.ts';
import { session, THREE } from './current-session.ts';

const NEW = { id: 'a'.repeat(24), email: 'new@example.org' };
const BEFORE = { settings: { enrolmentLimit: 3 }, nowMs: THREE - 1 };
const told = (decision: EnrolmentDecision) =>
  decision.outcome === 'invalid' ? decision.error.message : decision.outcome;

t.test('a seat is taken at the end of the list and counts as a version', async (t) => {
  const current = session();
  t.same(decideJoining(current, NEW, 'self', BEFORE), {
    outcome: 'updated',
    session: {
      ...current,
      version: 4,
      mentees: [...current.mentees, { userId: NEW.id, email: NEW.email, enrolment: 'self' }],
    },
  });
});

t.test('who has a seat keeps it as it is, though there be fewer seats by now', async (t) => {
  t.same(decideJoining(session(), MEERA, 'self', { ...BEFORE, settings: { enrolmentLimit: 1 } }), {
    outcome: 'unchanged',
  });
});

t.test('no seat is given past the limit, to the mentor, or once the session is live', async (t) => {
  const join = (person: typeof NEW, context = BEFORE, rest = {}) =>
    told(decideJoining(session(rest), person, 'invited', context));
  t.equal(
    join(NEW, { ...BEFORE, settings: { enrolmentLimit: 2 } }),
    'Session seats full: only 2 mentees are allowed',
  );
  t.equal(join(ASHA), 'The mentor cannot be a mentee of the session');
  t.equal(join(NEW, { ...BEFORE, nowMs: THREE }), 'A live session cannot be joined');
  t.equal(join(NEW, { ...BEFORE, nowMs: THREE + 86_400_000 }), 'A completed session cannot be joined');
  t.equal(join(NEW, BEFORE, { cancelled: true }), 'A cancelled session cannot be joined');
});

t.test('a seat is freed until the session is live; the last of a private session stays', async (t) => {
  const leave = (userId: string, rest = {}, nowMs = BEFORE.nowMs) =>
    decideLeaving(session(rest), userId, { nowMs });
  t.match(leave(MEERA.id), {
    outcome: 'updated',
    session: { version: 4, mentees: [{ email: 'left@example.org' }] },
  });
  t.same(leave(NEW.id), { outcome: 'unchanged' });
  t.equal(told(leave(MEERA.id, {}, THREE)), 'A live session cannot be left');
  const only = { mentees: [{ userId: MEERA.id, email: MEERA.email, enrolment: 'invited' }] };
  t.equal(told(leave(MEERA.id, only)), 'updated', 'a public session may be empty');
  t.equal(told(leave(MEERA.id, { ...only, type: 'PRIVATE' })), 'A private session needs at least one mentee');
});
