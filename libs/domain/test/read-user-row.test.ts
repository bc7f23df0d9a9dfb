import t from 'tap';
import { readUserRow } from '../src/read-user-row.ts';
import { userRow } from './user-row.ts';

const faults = (...cells: Parameters<typeof userRow>) =>
  readUserRow(userRow(...cells)).errors.map(({ code, field, message }) => `${code} ${field}: ${message}`);

const rolesOf = (roles: string) => readUserRow(userRow({ roles })).draft.roles;

t.test('a good row is read whole', async (t) => {
  t.same(
    readUserRow(
      userRow({
        name: '\u00a0Asha Rao ',
        email: ' Asha.Rao@Example.org ',
        roles: 'Mentor, Session Manager',
        designation: ' Head teacher',
      }),
    ),
    {
      email: 'asha.rao@example.org',
      draft: { name: 'Asha Rao', roles: ['mentor', 'session_manager'], designation: 'Head teacher' },
      errors: [],
    },
  );
});

t.test('roles are known whatever their case, white space and _, in any order, each once', async (t) => {
  t.same(rolesOf('org_admin;ORG ADMIN,OrgAdmin'), ['org_admin']);
  t.same(rolesOf('Session_Manager ; mentee,MENTOR,'), ['mentee', 'mentor', 'session_manager']);
});

t.test('a blank cell says nothing, - clears the designation', async (t) => {
  const { draft, errors } = readUserRow(userRow({ name: ' ', roles: ' ;,', designation: '' }));
  t.same(draft, { name: '', roles: [], designation: '' });
  t.same(errors, [], 'whether it may be blank depends on whether there is such a user');
  t.equal(readUserRow(userRow({ designation: ' - ' })).draft.designation, null);
});

t.test('what is wrong with a row by itself is told', async (t) => {
  const roles = 'one or more of mentee, mentor, session_manager, org_admin';
  const controls = 'text without control characters';
  const table: [string, Parameters<typeof userRow>[0], string[]][] = [
    ['no address', { email: '\u200b' }, ['FIELD_REQUIRED email: Mandatory field Email not filled']],
    [
      'two addresses',
      { email: 'a@b.org, c@d.org' },
      ['FIELD_INVALID email: Invalid Email: a@b.org, c@d.org (one e-mail address)'],
    ],
    ['no such address', { email: 'Asha' }, ['FIELD_INVALID email: Invalid Email: Asha (one e-mail address)']],
    ['name of 255 characters of any script', { name: '😀'.repeat(255) }, []],
    ['name of 256', { name: 'a'.repeat(256) }, ['FIELD_TOO_LONG name: Name is longer than 255 characters']],
    ['line break in the name', { name: 'a\nb' }, [`FIELD_INVALID name: Invalid Name: a b (${controls})`]],
    [
      'designation of 256',
      { designation: 'a'.repeat(256) },
      ['FIELD_TOO_LONG designation: Designation is longer than 255 characters'],
    ],
    [
      'control character in the designation',
      { designation: 'a\u0007b' },
      [`FIELD_INVALID designation: Invalid Designation: a b (${controls})`],
    ],
    ['unknown role', { roles: 'Mentor, Boss' }, [`FIELD_INVALID roles: Invalid Roles: Boss (${roles})`]],
    [
      'the role of the deployment',
      { roles: 'Operator' },
      [`FIELD_INVALID roles: Invalid Roles: Operator (${roles})`],
    ],
    ['- does not clear roles', { roles: '-' }, [`FIELD_INVALID roles: Invalid Roles: - (${roles})`]],
  ];
  for (const [title, cells, expected] of table) t.same(faults(cells), expected, title);
});

t.test('all errors of a row are told, in column order', async (t) => {
  const cells = { name: '\u0007', email: 'x', roles: 'Boss', designation: '\u0007' };
  t.same(
    readUserRow(userRow(cells, ['', 'more'])).errors.map(({ field }) => field),
    ['row', 'name', 'email', 'roles', 'designation'],
  );
  t.same(faults({}, ['', ' ']), [], 'blank surplus cells are none');
  t.same(faults({}, ['x']), ['FIELD_INVALID row: Invalid row: x (too many cells)']);
});

t.test('thousands of unknown roles are told in part', async (t) => {
  const roles = Array.from({ length: 5000 }, (_, index) => `role${index}`).join(',');
  t.equal(faults({ roles }).length, 20);
});
