import { sessionSheet, USER_SHEET } from '@mentorline/csv';
import t from 'tap';
import { UploadChecks } from '../../src/imports/upload-checks.ts';

const SHEETS = new Map([
  ['sessions', sessionSheet([])],
  ['users', USER_SHEET],
] as const);
const USERS = Buffer.from('Name,Email,Roles\nTara Bose,tara.bose@example.org,mentor\n');

t.test('a file is judged as the kind that it turns out to be', (t) => {
  const checks = new UploadChecks(SHEETS);
  for (const byte of USERS) checks.write(Buffer.from([byte]));
  checks.end();
  t.same(checks.checkedAs('users').header.names, ['Name', 'Email', 'Roles']);
  t.throws(() => checks.checkedAs('sessions'), { code: 'COLUMN_MISSING' });
  t.end();
});

t.test('what is wrong with it as whatever kind is told at once', (t) => {
  const image = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(5000)]);
  t.throws(() => new UploadChecks(SHEETS).write(image), { code: 'FILE_NOT_TEXT' });
  const empty = new UploadChecks(SHEETS);
  t.throws(() => empty.end(), { code: 'FILE_EMPTY' });
  t.end();
});

t.test('faults that differ by kind are told when the kind is known', (t) => {
  const checks = new UploadChecks(SHEETS);
  checks.write(Buffer.from(`Colour\n${'red\n'.repeat(5000)}`));
  checks.end();
  t.throws(() => checks.checkedAs('sessions'), { code: 'COLUMN_MISSING', message: /title/ });
  t.throws(() => checks.checkedAs('users'), { code: 'COLUMN_MISSING', message: /Roles/ });
  const only = new UploadChecks(new Map([['users', USER_SHEET]]));
  t.throws(
    () => {
      only.write(Buffer.from(`Colour\n${'red\n'.repeat(5000)}`));
      only.end();
    },
    { code: 'COLUMN_MISSING' },
    'with one kind at once',
  );
  t.end();
});
