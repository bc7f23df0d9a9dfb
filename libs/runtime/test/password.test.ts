import { scryptSync } from 'node:crypto';
import t from 'tap';
import { hashPassword, verifyPassword } from '../src/index.ts';

t.test('a password belongs to its hash and no other does', async (t) => {
  const hash = await hashPassword('correct horse');
  t.equal(await verifyPassword('correct horse', hash), true);
  t.equal(await verifyPassword('correct horse ', hash), false);
  t.equal(await verifyPassword('', hash), false);
});

t.test('the same password has another hash each time, and none shows it', async (t) => {
  const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  t.not(first, second);
  t.notMatch(first, /horse/);
  t.match(first, /^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
});

t.test('without a hash nothing is right, not even an empty password', async (t) => {
  for (const password of ['', 'correct horse']) {
    t.equal(await verifyPassword(password, null), false);
    t.equal(await verifyPassword(password, undefined), false);
  }
});

t.test('a hash made at another cost still works', async (t) => {
  const salt = Buffer.from('0123456789abcdef');
  const key = scryptSync('correct horse', salt, 32, { N: 2 ** 14, r: 4, p: 1 });
  const hash = `scrypt$16384$4$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
  t.equal(await verifyPassword('correct horse', hash), true);
  t.equal(await verifyPassword('incorrect horse', hash), false);
});

t.test('keyboards may compose letters differently', async (t) => {
  const hash = await hashPassword('caf\u00e9 \u212b');
  t.equal(await verifyPassword('cafe\u0301 A\u030a', hash), true);
  t.equal(await verifyPassword('cafe A', hash), false);
});
