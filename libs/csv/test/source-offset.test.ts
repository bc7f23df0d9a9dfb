import fc from 'fast-check';
import t from 'tap';
import { SourceOffset } from '../src/source-offset.ts';
import { encode } from './files.ts';

t.test('a position in the decoded text is found in the file, for every encoding', async (t) => {
  const pieces = fc.array(fc.string({ unit: 'binary' }));
  for (const format of [
    { encoding: 'utf-8', bom: false, delimiter: ',' },
    { encoding: 'utf-8', bom: true, delimiter: ',' },
    { encoding: 'utf-16le', bom: true, delimiter: ',' },
    { encoding: 'utf-16be', bom: true, delimiter: ',' },
  ] as const) {
    fc.assert(
      fc.property(pieces, (texts) => {
        const offset = new SourceOffset(format, 0);
        let read = '';
        return texts.every((text) => {
          offset.write(Buffer.from(text));
          read += text;
          return offset.at(Buffer.byteLength(read)) === encode(read, format).length;
        });
      }),
    );
  }
  t.equal(
    new SourceOffset({ encoding: 'utf-8', bom: true, delimiter: ',' }, 1000).at(5),
    1005,
    'reading resumed',
  );
});
