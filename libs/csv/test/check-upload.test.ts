import t from 'tap';
import { sessionSheet, UploadCheck, USER_SHEET } from '../src/index.ts';
import { check, customField, encode, HEADER, ROW, refusal, SAMPLE_FILE, SESSION_SHEET } from './files.ts';

t.test('the sample file passes, in one chunk or byte by byte', async (t) => {
  for (const size of [1, 7, 65_536]) {
    const { header, ...format } = check(SAMPLE_FILE, SESSION_SHEET, size);
    t.same(format, { encoding: 'utf-8', bom: false, delimiter: ',' });
    t.same(header.names, HEADER.split(','));
    t.same(header.warnings, []);
  }
});

t.test('what was detected is told, for every encoding and delimiter', async (t) => {
  for (const format of [
    { encoding: 'utf-8', bom: false },
    { encoding: 'utf-8', bom: true },
    { encoding: 'utf-16le', bom: true },
    { encoding: 'utf-16be', bom: true },
  ] as const) {
    for (const delimiter of [',', ';', '\t'] as const) {
      for (const lineEnd of ['\n', '\r\n', '\r']) {
        const text = `${HEADER}${lineEnd}${ROW}`.replaceAll(',', delimiter);
        for (const size of [1, 4096])
          t.match(check(encode(text, format), SESSION_SHEET, size), { ...format, delimiter });
      }
    }
  }
});

t.test('blank lines before the header and after it are skipped', async (t) => {
  const file = check(Buffer.from(`\n ,,,\r\n\n${HEADER},Notes\n\n,,,\n${ROW}\n`));
  t.same(file.header.warnings, ['Unknown column: Notes']);
});

t.test('custom fields of the organisation count when the delimiter is looked for', async (t) => {
  const field = customField({ name: 'district', required: true });
  t.same(check(Buffer.from(`${HEADER},District\n${ROW},x`), sessionSheet([field])).header.columns.at(-1), {
    kind: 'custom',
    name: 'district',
  });
});

t.test('a file of users has columns of its own', async (t) => {
  const file = Buffer.from('Roles;E_MAIL;NAME (in full)\nMentor;asha.rao@example.org;Asha Rao');
  t.match(check(file, USER_SHEET), {
    delimiter: ';',
    header: {
      columns: [
        { kind: 'field', key: 'roles' },
        { kind: 'field', key: 'email' },
        { kind: 'field', key: 'name' },
      ],
      warnings: [],
    },
  });
  t.match(
    refusal(() => check(file)),
    { code: 'COLUMN_MISSING' },
    'and is no file of sessions',
  );
  t.match(
    refusal(() => check(SAMPLE_FILE, USER_SHEET)),
    { code: 'COLUMN_MISSING', message: 'Mandatory columns missing: Name, Email, Roles' },
  );
});

t.test('a file is refused for what is wrong with it', async (t) => {
  const files: [string, Buffer, string][] = [
    ['an empty file', Buffer.alloc(0), 'FILE_EMPTY'],
    ['a byte order mark only', Buffer.from('\uFEFF'), 'FILE_EMPTY'],
    ['blank lines only', Buffer.from('\n \r\n,,,\n""'), 'FILE_EMPTY'],
    ['a header without a line end', Buffer.from(HEADER), 'FILE_EMPTY'],
    ['a header only', Buffer.from(`${HEADER}\r\n`), 'FILE_EMPTY'],
    ['a header and blank records', Buffer.from(`${HEADER}\n\n,,,,\n \n"",""\n`), 'FILE_EMPTY'],
    ['a missing column', Buffer.from(`${HEADER.replace('title', 'Tilte')}\n${ROW}`), 'COLUMN_MISSING'],
    ['a duplicate column', Buffer.from(`${HEADER},TITLE\n${ROW}`), 'COLUMN_DUPLICATE'],
    ['a header whose quote never closes', Buffer.from(`"${HEADER}\n${ROW}`), 'HEADER_INVALID'],
    ['a header with a stray quote', Buffer.from(`${HEADER},a"b,c"d\n${ROW}`), 'HEADER_INVALID'],
    [
      'Latin-1 in the last row',
      Buffer.from(`${HEADER}\n${ROW}\n${ROW}caf\xe9`, 'latin1'),
      'FILE_ENCODING_INVALID',
    ],
    ['a NUL in the last row', Buffer.from(`${HEADER}\n${ROW}\n${ROW}\0`), 'FILE_NOT_TEXT'],
    ['UTF-16 without a mark', Buffer.from(`${HEADER}\n${ROW}`, 'utf16le'), 'FILE_NOT_TEXT'],
    ['UTF-32', Buffer.from('FFFE0000410000000A000000', 'hex'), 'FILE_NOT_TEXT'],
    ['an image', Buffer.from('89504E470D0A1A0A0000', 'hex'), 'FILE_NOT_TEXT'],
    ['plain prose', Buffer.from('Dear all,\nplease find attached'), 'COLUMN_MISSING'],
  ];
  for (const [name, bytes, code] of files) {
    for (const size of [1, 65_536])
      t.match(
        refusal(() => check(bytes, SESSION_SHEET, size)),
        { code },
        name,
      );
  }
});

t.test('a broken quote in the data is left to the import', async (t) => {
  t.doesNotThrow(() => check(Buffer.from(`${HEADER}\nCreate,"never closed\n`)));
});

t.test('a file without line ends is refused long before its end', async (t) => {
  const upload = new UploadCheck(SESSION_SHEET);
  const chunk = Buffer.alloc(65_536, 'x');
  for (let held = 0; held < 1024 * 1024; held += chunk.length) upload.write(chunk);
  t.match(
    refusal(() => upload.write(chunk)),
    { code: 'HEADER_INVALID' },
  );
});
