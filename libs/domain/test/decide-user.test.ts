import t from 'tap';
import { decideUser, type UserAccount } from '../src/decide-user.ts';
import { readUserRow } from '../src/read-user-row.ts';
import { userRow } from './user-row.ts';

const ORGANISATION = 'a'.repeat(24);
const CONTEXT = { organisationId: ORGANISATION, uploaderId: 'e'.repeat(24) };

const ASHA: UserAccount = {
  id: 'b'.repeat(24),
  organisationId: ORGANISATION,
  email: 'asha.rao@example.org',
  name: 'Asha Rao',
  roles: ['mentor'],
  active: true,
  designation: 'Head teacher',
};

const BLANK = { name: '', roles: '', designation: '' };

function decide(cells: Parameters<typeof userRow>[0], existing?: UserAccount) {
  return decideUser(readUserRow(userRow(cells)), existing, CONTEXT);
}

function messages(cells: Parameters<typeof userRow>[0], existing?: UserAccount) {
  const decision = decide(cells, existing);
  return decision.outcome === 'invalid' ? decision.errors.map(({ message }) => message) : [];
}

t.test('an address that nobody has makes a user of the organisation', async (t) => {
  t.same(decide({ email: 'Asha.Rao@Example.org', roles: 'mentor; org admin' }), {
    outcome: 'created',
    user: { ...ASHA, id: null, roles: ['mentor', 'org_admin'] },
  });
  for (const designation of ['', '-']) {
    t.match(decide({ designation }), { outcome: 'created', user: { designation: null } });
  }
});

t.test('a new user needs a name and roles', async (t) => {
  t.same(messages(BLANK), ['Mandatory field Name not filled', 'Mandatory field Roles not filled']);
  t.same(
    messages({ name: '', roles: 'Boss', designation: 'a\u0007' }).map((text) => text.split(' (')[0]),
    ['Mandatory field Name not filled', 'Invalid Roles: Boss', 'Invalid Designation: a '],
    'with everything else that is wrong, in column order',
  );
  t.same(messages({ ...BLANK, email: '' }), ['Mandatory field Email not filled']);
});

t.test('blank cells leave a user as it is', async (t) => {
  t.same(decide(BLANK, ASHA), { outcome: 'unchanged' });
  t.same(decide({ ...BLANK, name: 'Asha R' }, ASHA), {
    outcome: 'updated',
    user: { ...ASHA, name: 'Asha R' },
  });
  t.same(decide({ ...BLANK, roles: 'mentee' }, ASHA), {
    outcome: 'updated',
    user: { ...ASHA, roles: ['mentee'] },
  });
  t.same(decide({ ...BLANK, designation: 'Principal' }, ASHA), {
    outcome: 'updated',
    user: { ...ASHA, designation: 'Principal' },
  });
});

t.test('- clears the designation', async (t) => {
  t.same(decide({ ...BLANK, designation: '-' }, ASHA), {
    outcome: 'updated',
    user: { ...ASHA, designation: null },
  });
  t.same(decide({ ...BLANK, designation: '-' }, { ...ASHA, designation: null }), { outcome: 'unchanged' });
});

t.test('what is so already is unchanged, in whatever order the roles stand', async (t) => {
  t.same(decide({}, ASHA), { outcome: 'unchanged' });
  t.same(decide({ roles: 'Mentor, Mentee' }, { ...ASHA, roles: ['mentor', 'mentee'] }), {
    outcome: 'unchanged',
  });
});

t.test('a row sees what the row before it has made', async (t) => {
  const first = decide({});
  if (first.outcome !== 'created') throw new Error(first.outcome);
  t.same(decide({}, first.user), { outcome: 'unchanged' });
  t.match(decide({ name: 'Asha R' }, first.user), { outcome: 'updated', user: { id: null, name: 'Asha R' } });
});

t.test('an account of another organisation is none of the file', async (t) => {
  const foreign = { ...ASHA, organisationId: 'f'.repeat(24) };
  const taken =
    'This e-mail address belongs to an account that this organisation cannot change: asha.rao@example.org';
  t.match(decide({}, foreign), {
    outcome: 'invalid',
    errors: [{ code: 'EMAIL_TAKEN', field: 'email', value: 'asha.rao@example.org', message: taken }],
  });
  t.same(messages(BLANK, foreign), [taken]);
});

t.test('an operator stays one, whatever the cell says', async (t) => {
  const operator: UserAccount = { ...ASHA, roles: ['mentor', 'operator'] };
  t.same(decide({ roles: 'mentee' }, operator), {
    outcome: 'updated',
    user: { ...ASHA, roles: ['mentee', 'operator'] },
  });
  t.same(decide({ roles: 'mentor' }, operator), { outcome: 'unchanged' });
});

t.test('whoever uploads the file cannot take org_admin from himself', async (t) => {
  const own: UserAccount = { ...ASHA, id: CONTEXT.uploaderId, roles: ['mentor', 'org_admin'] };
  t.match(decide({ roles: 'Mentor, Mentee' }, own), {
    outcome: 'invalid',
    errors: [
      {
        code: 'OWN_ROLE_NEEDED',
        field: 'roles',
        value: 'mentee, mentor',
        message: 'You cannot take the role org_admin from yourself',
      },
    ],
  });
  t.same(decide({ roles: '' }, own), { outcome: 'unchanged' });
  t.match(decide({ roles: 'org_admin' }, own), { outcome: 'updated', user: { roles: ['org_admin'] } });
  t.match(decide({}, { ...own, id: ASHA.id }), { outcome: 'updated', user: { roles: ['mentor'] } });
});

t.test('the last administrator of the organisation keeps the role', async (t) => {
  const admin: UserAccount = { ...ASHA, roles: ['mentor', 'org_admin'] };
  const decideLast = (roles: string, existing: UserAccount) =>
    decideUser(readUserRow(userRow({ roles })), existing, { ...CONTEXT, isLastAdministrator: true });
  t.match(decideLast('Mentor', admin), {
    outcome: 'invalid',
    errors: [{ code: 'LAST_ADMIN', field: 'roles', value: 'mentor' }],
  });
  t.same(decideLast('', admin), { outcome: 'unchanged' });
  t.match(decideLast('org_admin', admin), { outcome: 'updated', user: { roles: ['org_admin'] } });
  t.match(decideLast('Mentor', { ...admin, id: CONTEXT.uploaderId }), {
    errors: [{ code: 'OWN_ROLE_NEEDED' }],
  });
});
