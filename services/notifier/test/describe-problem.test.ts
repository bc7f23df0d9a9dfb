import { ROW_ERROR_CODES } from '@mentorline/domain';
import t from 'tap';
import { describeProblem } from '../src/describe-problem.ts';

t.test('every kind of error has a name and says what to do about it', async (t) => {
  for (const code of ROW_ERROR_CODES) {
    const { name, remedy } = describeProblem(code);
    t.notMatch(name, code);
    t.match(remedy, /^[A-Z].*\.$/u, code);
  }
});

t.test('a code of a newer release stands for itself', async (t) => {
  t.equal(describeProblem('MOON_FULL').name, 'MOON_FULL');
});
