import fc from 'fast-check';
import t from 'tap';
import { optionKey, optionValue, splitValues } from '../src/option.ts';
import { isEmail, isLongerThan, trimmed } from '../src/text.ts';

t.test('spellings of one option share its key and value', async (t) => {
  for (const text of ['Life skills', ' life  SKILLS ', 'Life\u00a0skills', '\ufeffLife\tskills\u200b']) {
    t.equal(optionKey(text), 'life skills');
    t.equal(optionValue(text), 'life_skills');
  }
  t.equal(optionKey('Cafe\u0301'), optionKey('CAFÉ'), 'composed or not');
  t.equal(optionValue('हिन्दी'), 'हिन्दी');
});

t.test('a key is its own key', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => optionKey(optionKey(text)) === optionKey(text)),
  );
});

t.test('a cell of values is split at commas and semicolons', async (t) => {
  t.same(splitValues('Teachers, Block education officer;Heads'), [
    'Teachers',
    'Block education officer',
    'Heads',
  ]);
  t.same(splitValues(' ,;, a ,'), ['a']);
  t.same(splitValues(''), []);
});

t.test('outer white space goes, visible or not', async (t) => {
  t.equal(trimmed('\u00a0\ufeff \u200b a b \u200b\u2060 '), 'a b');
  t.equal(trimmed('\u200b\u200b'), '');
  t.equal(trimmed('क्\u200d'), 'क्\u200d', 'joiners belong to the script');
});

t.test('length counts characters, not code units', async (t) => {
  t.notOk(isLongerThan('😀'.repeat(255), 255));
  t.ok(isLongerThan('😀'.repeat(256), 255));
  t.ok(isLongerThan('a'.repeat(256), 255));
  t.ok(isLongerThan('a'.repeat(1000), 255));
});

t.test('e-mail addresses are told from other text', async (t) => {
  for (const text of ['a@b.org', "o'neil+x@sub.example-school.co.in", 'मीरा@उदाहरण.भारत'])
    t.ok(isEmail(text), text);
  for (const text of [
    '',
    'a',
    'a@',
    '@b.org',
    'a@b',
    'a@@b.org',
    'a b@c.org',
    'A <a@b.org>',
    'a@b..org',
    'a@.org',
  ]) {
    t.notOk(isEmail(text), text);
  }
  t.notOk(isEmail(`${'a'.repeat(65)}@b.org`));
  t.notOk(isEmail(`a@${'b.'.repeat(200)}org`));
});
