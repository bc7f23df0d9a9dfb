import t from 'tap';
import { plainLine } from '../src/plain-line.ts';

t.test('a text becomes one line without control characters', async (t) => {
  t.equal(plainLine('a\r\nBcc: x@example.org\u0000\tb\u2028c', 100), 'a Bcc: x@example.org b c');
  t.equal(plainLine('  \n ', 100), '');
});

t.test('characters that turn the reading direction are taken out', async (t) => {
  t.equal(plainLine('report\u202egnp.csv', 100), 'report gnp.csv');
});

t.test('what is written from right to left is kept apart from the text around it', async (t) => {
  t.equal(plainLine('قيادة', 100), '\u2068قيادة\u2069');
  t.equal(plainLine('नेतृत्व', 100), 'नेतृत्व');
});

t.test('a long text is cut at a character, never inside one', async (t) => {
  t.equal(plainLine('abcdef', 6), 'abcdef');
  t.equal(plainLine('abcdefg', 6), 'abcde…');
  t.equal(plainLine('😀'.repeat(10), 6), `${'😀'.repeat(5)}…`);
  t.equal(plainLine('x'.repeat(1_000_000), 10), `${'x'.repeat(9)}…`);
});
