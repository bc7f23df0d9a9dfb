import { deflateRawSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { sniff } from '../src/sniff.ts';
import { refusal } from './files.ts';

/** Local file headers of a zip, each with its (compressed) content. */
function zip(...entries: [name: string, content: string][]): Buffer {
  return Buffer.concat(
    entries.flatMap(([name, content]) => {
      const header = Buffer.alloc(30);
      header.write('PK\x03\x04', 'latin1');
      header.writeUInt16LE(name.length, 26);
      const stored = name === 'mimetype' ? Buffer.from(content) : deflateRawSync(content);
      return [header, Buffer.from(name), stored];
    }),
  );
}

t.test('the byte order mark tells the encoding; without one it is UTF-8', async (t) => {
  t.same(sniff(Buffer.from('Action,id')), { encoding: 'utf-8', bom: false });
  t.same(sniff(Buffer.from('\uFEFFAction,id')), { encoding: 'utf-8', bom: true });
  t.same(sniff(Buffer.from('\uFEFFAction,id', 'utf16le')), { encoding: 'utf-16le', bom: true });
  t.same(sniff(Buffer.from('\uFEFFAction,id', 'utf16le').swap16()), { encoding: 'utf-16be', bom: true });
  t.same(sniff(Buffer.alloc(0)), { encoding: 'utf-8', bom: false });
});

t.test('what is not text is refused with a sentence that says what it is and what to do', async (t) => {
  const files: [Buffer, string][] = [
    [
      zip(['[Content_Types].xml', '<Types/>'], ['xl/workbook.xml', '<x/>']),
      'This is an Excel workbook; save it as CSV',
    ],
    [zip(['_rels/.rels', '<x/>']), 'This is an Excel workbook; save it as CSV'],
    [zip(['docProps/app.xml', '<x/>']), 'This is an Excel workbook; save it as CSV'],
    [zip(['xl/workbook.xml', '<x/>']), 'This is an Excel workbook; save it as CSV'],
    [
      zip(['[Content_Types].xml', '<Types/>'], ['word/document.xml', '<x/>']),
      'This is an Office document; upload a CSV file',
    ],
    [
      zip(['mimetype', 'application/vnd.oasis.opendocument.spreadsheet'], ['content.xml', '<x/>']),
      'This is an OpenDocument spreadsheet; save it as CSV',
    ],
    [zip(['sessions.csv', 'Action']), 'This is a zip archive; unpack it and upload the CSV file inside'],
    [Buffer.from('504B0506', 'hex'), 'This is a zip archive; unpack it and upload the CSV file inside'],
    [gzipSync('Action'), 'This is a gzip archive; unpack it and upload the CSV file inside'],
    [
      Buffer.from('D0CF11E0A1B11AE100', 'hex'),
      'This is an Excel workbook in the old format (.xls); save it as CSV',
    ],
    [Buffer.from('89504E470D0A1A0A0000', 'hex'), 'This is a PNG image; upload a CSV file'],
    [Buffer.from('FFD8FFE000104A46', 'hex'), 'This is a JPEG image; upload a CSV file'],
    [Buffer.from('GIF89a'), 'This is a GIF image; upload a CSV file'],
    [Buffer.from('%PDF-1.7'), 'This is a PDF document; upload a CSV file'],
  ];
  for (const [head, message] of files)
    t.same(
      refusal(() => sniff(head)),
      { code: 'FILE_NOT_TEXT', message },
    );
});

t.test('a zip that is cut inside an entry name is still recognised', async (t) => {
  const cut = zip(['[Content_Types].xml', '<Types/>']).subarray(0, 20);
  t.match(
    refusal(() => sniff(cut)),
    { code: 'FILE_NOT_TEXT' },
  );
});
