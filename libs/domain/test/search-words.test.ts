import fc from 'fast-check';
import t from 'tap';
import { foldText, searchWords } from '../src/index.ts';

t.test('case, accents and the ways to write one letter do not count', async (t) => {
  for (const [one, other] of [
    ['École', 'ecole'],
    ['STRASSE', 'Straße'],
    ['Ångström', 'angstrom'],
    ['ΛΌΓΟΣ', 'λογος'],
    ['Ёлка', 'елка'],
    ['İstanbul', 'istanbul'],
    ['ﬁnal', 'final'],
    ['Ｌｅａｄ', 'lead'],
    ['مُعَلِّم', 'معلم'],
    ['क्‍ष', 'क्ष'],
  ] as const) {
    t.equal(foldText(one), foldText(other), one);
  }
});

t.test('the signs of scripts that need them stay', async (t) => {
  t.notSame(foldText('कि'), foldText('कु'));
  t.notSame(foldText('が'), foldText('か'));
  t.equal(foldText('한글'), '한글');
});

t.test('a text is found by its words, in whatever script and between whatever signs', async (t) => {
  t.same(searchWords('Leading a school: part 12!'), ['leading', 'a', 'school', 'part', '12']);
  t.same(searchWords('asha.rao@example.org'), ['asha', 'rao', 'example', 'org']);
  t.same(searchWords('विद्यालय नेतृत्व'), ['विद्यालय', 'नेतृत्व']);
  t.same(searchWords('the The THE'), ['the']);
  t.same(searchWords('.*+?^$ {}()|[]\\/'), []);
  t.ok(searchWords('学校领导力').includes('学校'), 'scripts without spaces are taken apart');
});

t.test('words and their number are bounded', async (t) => {
  const words = searchWords(Array.from({ length: 100 }, (_, n) => `w${n}${'x'.repeat(100)}`).join(' '));
  t.equal(words.length, 16);
  t.ok(words.every((word) => word.length === 32));
});

t.test('a word is found by itself, and holds nothing that a pattern would take for more', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const word of searchWords(text)) {
        if (!/^[\p{L}\p{M}\p{N}]{1,64}$/u.test(word)) return false;
        if (foldText(word) !== word) return false;
      }
      return true;
    }),
  );
});
