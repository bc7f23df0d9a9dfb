import t from 'tap';
import { attachmentName } from '../src/attachment-name.ts';

t.test('an attachment is named after the uploaded file', async (t) => {
  t.equal(attachmentName('sessions.csv', '.csv'), 'sessions-report.csv');
  t.equal(attachmentName('सत्र 2027.CSV', '.csv.gz'), 'सत्र 2027-report.csv.gz');
});

t.test('no file name leads out of a folder, hides itself or breaks a header', async (t) => {
  const names = [
    '../../etc/passwd',
    'C:\\Users\\x.csv',
    '.hidden.csv',
    'a\r\nBcc: x@example.org.csv',
    '"; name="evil.exe',
    'gnp\u202e.csv',
    '...',
    '',
    'x'.repeat(5_000),
  ];
  for (const name of names) {
    const safe = attachmentName(name, '.csv');
    t.match(
      safe,
      /^[^./\\:"<>|*?;%\p{Cc}\p{Cf}][^/\\:"<>|*?;%\p{Cc}\p{Cf}]*-report\.csv$/u,
      JSON.stringify(name),
    );
    t.ok(safe.length < 120);
  }
});
