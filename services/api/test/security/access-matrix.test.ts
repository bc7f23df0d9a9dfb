import type { Role } from '@mentorline/domain';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';
import { readOperations } from './document.ts';
import { createTenant, type Tenant } from './two-organisations.ts';

const gateway = await openGateway(t, {
  env: { REQUESTS_PER_MINUTE_OF_USER: '0', REQUESTS_PER_MINUTE_OF_ADDRESS: '0' },
});
const { call } = gateway;
const operations = await readOperations(gateway);
const own = await createTenant(gateway, 'heronwood');
const other = await createTenant(gateway, 'kingfisher');
const UNKNOWN = 'f'.repeat(24);

/** What an answer says about the right to ask: not whether the request was otherwise any good. */
type Verdict = 'granted' | 'sign in' | 'forbidden' | 'not found';
type Who = 'anonymous' | Role;
const EVERYONE: readonly Who[] = [
  ...['anonymous', 'mentee', 'mentor', 'session_manager', 'org_admin', 'operator', 'observer'],
] as Who[];
const MANAGERS: readonly Role[] = ['session_manager', 'org_admin'];
const ADMINS: readonly Role[] = ['org_admin'];
const OPERATORS: readonly Role[] = ['operator'];
const LOOKERS: readonly Role[] = ['operator', 'observer'];
const SIGNED_IN: readonly Role[] = ['mentee', 'mentor', ...MANAGERS, ...LOOKERS];
const SEES_SESSIONS: readonly Role[] = ['mentee', 'mentor', ...MANAGERS];

interface Rule {
  /** Who may; `anyone` needs no token. */
  may: 'anyone' | readonly Role[];
  /** Whose `id` the address names. */
  of?: keyof Tenant['ids'] | 'nothing';
  /** Another organisation's is there too. */
  ofAll?: boolean;
  /** Who may not, but sees what is theirs: another organisation's is not there for them either. */
  sees?: readonly Role[];
}

/** The rules of the product, one line a call. */
const RULES: Readonly<Record<string, Rule>> = {
  'GET /healthz': { may: 'anyone' },
  'GET /readyz': { may: 'anyone' },
  'POST /v1/auth/login': { may: 'anyone' },
  'POST /v1/auth/refresh': { may: 'anyone' },
  'POST /v1/auth/logout': { may: 'anyone' },
  'POST /v1/auth/password-reset': { may: 'anyone' },
  'POST /v1/auth/password-reset/confirm': { may: 'anyone' },
  'GET /v1/me': { may: SIGNED_IN },
  'PUT /v1/me/password': { may: SIGNED_IN },
  'GET /v1/users': { may: MANAGERS },
  'POST /v1/users': { may: ADMINS },
  'GET /v1/users/{id}': { may: ADMINS, of: 'user' },
  'PATCH /v1/users/{id}': { may: ADMINS, of: 'user' },
  'DELETE /v1/users/{id}': { may: ADMINS, of: 'user' },
  'POST /v1/users/{id}/invitation': { may: ADMINS, of: 'user' },
  'GET /v1/suppressions': { may: ADMINS },
  'PUT /v1/users/{id}/suppression': { may: ADMINS, of: 'mentee' },
  'DELETE /v1/suppressions/{id}': { may: ADMINS, of: 'suppression' },
  'GET /v1/audit': { may: ADMINS },
  'GET /v1/organisation': { may: ADMINS },
  'PATCH /v1/organisation': { may: ADMINS },
  'GET /v1/forms/session': { may: MANAGERS },
  'GET /v1/options/{list}': { may: MANAGERS },
  'POST /v1/options/{list}': { may: MANAGERS },
  'PATCH /v1/options/{list}/{id}': { may: ADMINS, of: 'option' },
  'DELETE /v1/options/{list}/{id}': { may: ADMINS, of: 'option' },
  'GET /v1/sessions': { may: SEES_SESSIONS },
  'POST /v1/sessions': { may: MANAGERS },
  'POST /v1/sessions/check': { may: MANAGERS },
  'GET /v1/sessions.csv': { may: MANAGERS },
  'GET /v1/sessions/{id}': { may: SEES_SESSIONS, of: 'session' },
  'PATCH /v1/sessions/{id}': { may: MANAGERS, of: 'session' },
  'DELETE /v1/sessions/{id}': { may: MANAGERS, of: 'session' },
  'PUT /v1/sessions/{id}/meeting': { may: [...MANAGERS, 'mentor'], of: 'session' },
  'PUT /v1/sessions/{id}/image': { may: MANAGERS, of: 'session' },
  'GET /v1/sessions/{id}/image': { may: SEES_SESSIONS, of: 'session' },
  'DELETE /v1/sessions/{id}/image': { may: MANAGERS, of: 'session' },
  'GET /v1/sessions/{id}/mails': { may: MANAGERS, of: 'session' },
  'POST /v1/sessions/{id}/mails/{mailId}/retry': { may: MANAGERS, of: 'session' },
  'GET /v1/sessions/{id}/mentees': { may: [...MANAGERS, 'mentor'], of: 'session' },
  'GET /v1/sessions/{id}/mentees.csv': { may: [...MANAGERS, 'mentor'], of: 'session' },
  'PUT /v1/sessions/{id}/mentees/{userId}': {
    may: [...MANAGERS, 'mentee'],
    of: 'session',
    sees: ['mentor'],
  },
  'DELETE /v1/sessions/{id}/mentees/{userId}': {
    may: [...MANAGERS, 'mentee'],
    of: 'session',
    sees: ['mentor'],
  },
  'GET /v1/sessions/{id}/calendar.ics': { may: SEES_SESSIONS, of: 'session' },
  'GET /v1/mentors/{id}/slots': { may: MANAGERS, of: 'mentor' },
  'GET /v1/imports/sample.csv': { may: MANAGERS },
  'GET /v1/imports': { may: MANAGERS },
  'POST /v1/imports': { may: MANAGERS },
  'GET /v1/imports/{id}': { may: MANAGERS, of: 'import' },
  'GET /v1/imports/{id}/rows': { may: MANAGERS, of: 'import' },
  'GET /v1/imports/{id}/events': { may: MANAGERS, of: 'import' },
  'GET /v1/imports/{id}/source.csv': { may: MANAGERS, of: 'import' },
  // The import of this test has ended with neither: those who may ask are told the same.
  'GET /v1/imports/{id}/report.csv': { may: MANAGERS, of: 'import' },
  'GET /v1/imports/{id}/corrections.csv': { may: MANAGERS, of: 'import' },
  'POST /v1/imports/{id}/cancel': { may: MANAGERS, of: 'import' },
  'POST /v1/imports/{id}/mail/retry': { may: MANAGERS, of: 'import' },
  'POST /v1/imports/{id}/undo': { may: MANAGERS, of: 'import' },
  // Of the whole deployment, whoever's it is.
  'GET /v1/ops/overview': { may: LOOKERS },
  'GET /v1/ops/dead-letters': { may: LOOKERS },
  'GET /v1/ops/audit': { may: LOOKERS },
  'GET /v1/ops/imports/{id}': { may: LOOKERS, of: 'import', ofAll: true },
  'POST /v1/ops/imports/{id}/release': { may: OPERATORS, of: 'import', ofAll: true },
  'POST /v1/ops/imports/{id}/cancel': { may: OPERATORS, of: 'import', ofAll: true },
  'POST /v1/ops/imports/{id}/retry': { may: OPERATORS, of: 'import', ofAll: true },
  'POST /v1/ops/imports/{id}/dismiss': { may: OPERATORS, of: 'import', ofAll: true },
  'POST /v1/ops/mails/{id}/dismiss': { may: OPERATORS, of: 'nothing' },
  'POST /v1/ops/mails/{id}/send-again': { may: OPERATORS, of: 'nothing' },
  'POST /v1/ops/queues/{name}/pause': { may: OPERATORS },
  'POST /v1/ops/queues/{name}/resume': { may: OPERATORS },
  // There is none in this test.
  'POST /v1/ops/processes/{id}/drain': { may: OPERATORS, of: 'nothing' },
  'POST /v1/ops/processes/{id}/undrain': { may: OPERATORS, of: 'nothing' },
  'POST /v1/ops/services/{service}/drain': { may: OPERATORS, of: 'nothing' },
  'POST /v1/ops/services/{service}/undrain': { may: OPERATORS, of: 'nothing' },
};
const EMPTY_JSON = ['{}', 'application/json'] as const;
const EMPTY_FORM = ['--x--\r\n', 'multipart/form-data; boundary=x'] as const;
const HAVE_NONE = /\/(?:report|corrections)\.csv$/u;

/** `mixed`: one's own, and within it what is another organisation's. */
type Whose = 'own' | 'other' | 'unknown' | 'mixed';

function expected(rule: Rule, who: Who, whose: Whose): Verdict {
  if (rule.may === 'anyone') return 'granted';
  if (who === 'anonymous') return 'sign in';
  const may = rule.may.includes(who);
  if (!may && !rule.sees?.includes(who)) return 'forbidden';
  if (whose === 'unknown' || (whose === 'other' && !rule.ofAll)) return 'not found';
  if (whose === 'mixed') return 'not found';
  return may ? 'granted' : 'forbidden';
}

function placesOf({ of }: Rule, path: string): readonly Whose[] {
  if (of === 'nothing') return ['unknown'];
  if (path.includes('{mailId}')) return ['unknown', 'other', 'mixed', 'own'];
  return of ? ['unknown', 'other', 'own'] : ['own'];
}

function verdictOf(status: number, body: string): Verdict {
  const code = body.startsWith('{') ? (JSON.parse(body) as { code?: string }).code : undefined;
  if (code === 'UNAUTHENTICATED') return 'sign in';
  if (code === 'FORBIDDEN') return 'forbidden';
  if (code === 'NOT_FOUND') return 'not found';
  if (status >= 500 || code === 'METHOD_NOT_ALLOWED') throw new Error(`${status} ${body}`);
  return 'granted';
}

t.test('every call of the document has a rule, and every rule a call', (t) => {
  t.same(operations.map(({ name }) => name).sort(), Object.keys(RULES).sort());
  t.end();
});

for (const { name, method, path } of operations) {
  t.test(`${name} is for those for whom it is meant`, async (t) => {
    const rule = RULES[name]!;
    const places = placesOf(rule, path);
    for (const whose of places) {
      const tenant = whose === 'other' ? other : own;
      const id = whose === 'unknown' || !rule.of || rule.of === 'nothing' ? UNKNOWN : tenant.ids[rule.of];
      const url = path
        .replace('{id}', id)
        .replace('{userId}', own.ids.mentee)
        .replace('{mailId}', (whose === 'mixed' ? other : tenant).ids.mail)
        .replace('{list}', 'categories')
        .replace('{name}', 'mails');
      for (const who of EVERYONE) {
        const email = who === 'anonymous' ? null : own.users[who];
        // Nothing is changed by what is granted: the version is not the current one, the body empty.
        const [body, type] = method === 'PUT' && path.endsWith('/image') ? EMPTY_FORM : EMPTY_JSON;
        const sent = method === 'GET' || method === 'DELETE' ? undefined : body;
        const headers = { 'if-match': '"none"', ...(sent ? { 'content-type': type } : {}) };
        const answer = await call(email, method, url, sent, headers);
        const wanted = expected(rule, who, whose);
        const told = verdictOf(answer.statusCode, answer.body);
        const isMissing = wanted === 'granted' && HAVE_NONE.test(path);
        t.equal(told, isMissing ? 'not found' : wanted, `${who}, ${whose}: ${answer.statusCode}`);
      }
    }
  });
}
