import t from 'tap';
import {
  canMove,
  IMPORT_MOVES,
  IMPORT_STATUSES,
  MAIL_MOVES,
  MAIL_STATES,
  sourcesOf,
  TERMINAL_IMPORT_STATUSES,
  WAITING_MAIL_STATES,
} from '../src/states.ts';

t.test('an import ends completed, failed or cancelled, and stays so', async (t) => {
  t.same(TERMINAL_IMPORT_STATUSES, ['completed', 'failed', 'cancelled']);
});

t.test('a mail that is sent stays so, and one that failed moves only when a person asks', async (t) => {
  t.same(
    MAIL_STATES.filter((state) => !MAIL_STATES.some((to) => canMove(MAIL_MOVES, state, to))),
    ['sent'],
  );
  t.same(sourcesOf(MAIL_MOVES, 'pending'), ['sending', 'failed']);
  t.same(WAITING_MAIL_STATES, ['pending', 'sending']);
  t.notOk(canMove(MAIL_MOVES, 'failed', 'sending'));
});

t.test('every state leads to an end', async (t) => {
  const reaches = <State extends string>(
    moves: (state: State) => State[],
    from: State,
    to: State[],
  ): boolean =>
    to.includes(from) || moves(from).some((next) => next !== 'pending' && reaches(moves, next, to));
  for (const status of IMPORT_STATUSES) {
    const next = (from: typeof status) => IMPORT_STATUSES.filter((to) => canMove(IMPORT_MOVES, from, to));
    t.ok(reaches(next, status, TERMINAL_IMPORT_STATUSES), status);
  }
  for (const state of MAIL_STATES) {
    const next = (from: typeof state) => MAIL_STATES.filter((to) => canMove(MAIL_MOVES, from, to));
    t.ok(reaches(next, state, ['sent', 'failed']), state);
  }
});

t.test('nothing is applied before staging has passed, nothing completes without a report', async (t) => {
  t.same(sourcesOf(IMPORT_MOVES, 'applying'), ['staging']);
  t.same(sourcesOf(IMPORT_MOVES, 'completed'), ['reporting']);
  t.same(sourcesOf(MAIL_MOVES, 'sent'), ['sending']);
  t.notOk(canMove(IMPORT_MOVES, 'completed', 'applying'));
});

t.test('every move says why', async (t) => {
  for (const moves of [IMPORT_MOVES, MAIL_MOVES]) {
    for (const reasons of Object.values<Record<string, string>>(moves)) {
      for (const [to, reason] of Object.entries(reasons)) t.ok(reason.length > 10, to);
    }
  }
});
