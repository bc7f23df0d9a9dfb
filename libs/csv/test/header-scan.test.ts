import fc from 'fast-check';
import t from 'tap';
import { HeaderScan } from '../src/header-scan.ts';
import { refusal } from './files.ts';

t.test('the first record with content is the header, wherever the text is cut', async (t) => {
  const texts: [string, string, string][] = [
    ['a,b\n1,2', 'a,b', '1,2'],
    ['\r\n ,;\t\n""\na;"b\r\nc"\r1', 'a;"b\r\nc"', '1'],
    ['"a ""x"",\n",b\r\n1', '"a ""x"",\n",b', '\n1'],
  ];
  for (const [text, record, rest] of texts) {
    fc.assert(
      fc.property(fc.nat(text.length), (cut) => {
        const scan = new HeaderScan();
        const first = scan.write(Buffer.from(text.slice(0, cut)));
        if (first) return first.record === record && first.rest.toString() + text.slice(cut) === rest;
        const second = scan.write(Buffer.from(text.slice(cut)));
        return second?.record === record && second.rest.toString() === rest;
      }),
    );
  }
  t.pass();
});

t.test('a header may end with the file', async (t) => {
  const scan = new HeaderScan();
  t.equal(scan.write(Buffer.from('\na,b')), null);
  t.equal(scan.end(), 'a,b');
  t.equal(scan.end(), null);
});

t.test('more than 1 MiB is no header', async (t) => {
  const scan = new HeaderScan();
  const half = Buffer.alloc(512 * 1024, 'x');
  t.equal(scan.write(half), null);
  t.equal(scan.write(half), null);
  t.match(
    refusal(() => scan.write(Buffer.from('x'))),
    { code: 'HEADER_INVALID' },
  );
});
