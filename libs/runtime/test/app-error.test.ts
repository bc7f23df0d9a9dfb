import t from 'tap';
import { AppError, ERROR_CODES } from '../src/index.ts';

t.test('an error knows the status and title of its code', async (t) => {
  const cause = new Error('E11000');
  const faults = [{ pointer: '/title', code: 'FIELD_REQUIRED', message: 'Mandatory field title not filled' }];
  const error = new AppError('VALIDATION_FAILED', 'One field is not valid', {
    faults,
    extra: { row: 3 },
    cause,
  });
  t.ok(error instanceof Error);
  t.equal(error.status, 422);
  t.equal(error.title, ERROR_CODES.VALIDATION_FAILED.title);
  t.equal(error.message, 'One field is not valid');
  t.equal(error.cause, cause);
  t.same(error.faults, faults);
  t.same(error.extra, { row: 3 });
});

t.test('every code has a status of a fault and a title without a full stop', async (t) => {
  for (const [code, { status, title }] of Object.entries(ERROR_CODES)) {
    t.match(code, /^[A-Z]+(_[A-Z]+)*$/);
    t.ok(status >= 400 && status < 600, `${code}: ${status}`);
    t.match(title, /^[A-Z].*[^.]$/, code);
  }
});
