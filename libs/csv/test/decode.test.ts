import fc from 'fast-check';
import t from 'tap';
import type { CsvFormat } from '../src/csv-format.ts';
import { Decoder } from '../src/decode.ts';
import { encode, refusal } from './files.ts';

type Encoded = Pick<CsvFormat, 'encoding' | 'bom'>;

const ENCODINGS: readonly Encoded[] = [
  { encoding: 'utf-8', bom: false },
  { encoding: 'utf-8', bom: true },
  { encoding: 'utf-16le', bom: true },
  { encoding: 'utf-16be', bom: true },
];

function decode(bytes: Buffer, format: Encoded, cuts: readonly number[] = []): string {
  const decoder = new Decoder(format, true);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let start = 0;
  const pieces = ends.map((end) => {
    const piece = decoder.write(bytes.subarray(start, end)).toString();
    start = end;
    return piece;
  });
  decoder.end();
  return pieces.join('');
}

t.test('any text comes out as it was, however it is cut', async () => {
  const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
  fc.assert(
    fc.property(text, fc.constantFrom(...ENCODINGS), fc.array(fc.nat()), (value, format, cuts) => {
      // A mark of its own would be one too many for a file that has none.
      fc.pre(format.bom || !value.startsWith('\uFEFF'));
      return decode(encode(value, format), format, cuts) === value;
    }),
  );
});

t.test('a chunk of the source may be overwritten after it was taken', async (t) => {
  const decoder = new Decoder({ encoding: 'utf-8', bom: false }, true);
  const buffer = Buffer.from('aह').subarray(0, 2);
  t.equal(decoder.write(buffer).toString(), 'a');
  buffer.fill(0x20);
  t.equal(decoder.write(Buffer.from('ह').subarray(1)).toString(), 'ह');
});

t.test('bytes that are not valid in the encoding are refused, wherever a chunk ends', async (t) => {
  const files: [string, Buffer, Encoded][] = [
    ['Latin-1', Buffer.from('caf\xe9,', 'latin1'), { encoding: 'utf-8', bom: false }],
    ['a lone continuation byte', Buffer.from('61808080', 'hex'), { encoding: 'utf-8', bom: false }],
    ['an overlong form', Buffer.from('C0AF', 'hex'), { encoding: 'utf-8', bom: false }],
    ['a surrogate', Buffer.from('EDA080', 'hex'), { encoding: 'utf-8', bom: false }],
    ['an end inside a character', Buffer.from('E0A4', 'hex'), { encoding: 'utf-8', bom: false }],
    ['a lone surrogate', Buffer.from('FFFE00D84100', 'hex'), { encoding: 'utf-16le', bom: true }],
    ['half a unit', Buffer.from('FFFE4100DE', 'hex'), { encoding: 'utf-16le', bom: true }],
  ];
  for (const [name, bytes, format] of files) {
    for (const cuts of [[], [...bytes.keys()]]) {
      t.match(
        refusal(() => decode(bytes, format, cuts)),
        { code: 'FILE_ENCODING_INVALID', message: /CSV UTF-8/ },
        name,
      );
    }
  }
});

t.test('a NUL character is no text in any encoding', async (t) => {
  for (const format of ENCODINGS) {
    t.match(
      refusal(() => decode(encode('a\0b', format), format)),
      { code: 'FILE_NOT_TEXT' },
    );
  }
});
