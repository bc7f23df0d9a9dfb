import { NO_ROWS } from '@mentorline/store';
import t from 'tap';
import type { ReportFacts } from '../src/gather-report.ts';
import { renderReport } from '../src/render-report.ts';
import { cleanFacts, facts, ID, NEVER_COUNTED, rows, SETTING, undoFacts } from './render-facts.ts';
import { wordsOfHtml, wordsOfText } from './words.ts';

const EVERYTHING = facts({
  fileName: 'a & b <i>.csv',
  counts: { published: 1, created: 2, updated: 2, deleted: 3, unchanged: 4, invalid: 5000, unprocessed: 6 },
  warnings: ['Unknown column: <b>Remarks</b>', 'Unknown column: "District"'],
  problems: Array.from({ length: 8 }, (_, n) => ({ code: 'OPTION_UNKNOWN', column: `c${n}`, rows: 100 - n })),
});

t.test('text and HTML say the same, word for word', async (t) => {
  const check = { mode: 'check' } as const;
  const users = { kind: 'users', fileName: 'people.csv' } as const;
  const created = rows({ created: 9, invalid: 1 });
  const before = { outcome: 'cancelled', counts: rows({ unprocessed: 10 }) } as const;
  const onTheWay = { outcome: 'cancelled', counts: rows({ published: 1, unprocessed: 9 }) } as const;
  const failed = {
    outcome: 'failed',
    ...NEVER_COUNTED,
    failure: { code: 'QUOTE_BROKEN', message: 'A quoted cell is never closed', row: 12 },
  } as const;
  const cases: Record<string, ReportFacts> = {
    'some rows invalid': facts(),
    everything: EVERYTHING,
    'all well': cleanFacts(),
    'cancelled before': facts(before),
    'cancelled on the way': facts(onTheWay),
    failed: facts(failed),
    'a check with rows invalid': facts(check),
    'a check where all is well': cleanFacts(check),
    'a check cancelled before': facts({ ...check, ...before }),
    'a check cancelled on the way': facts({ ...check, ...onTheWay }),
    'a check that failed': facts({ ...check, ...failed }),
    users: facts({ ...users, counts: created }),
    'a check of users': facts({ ...users, ...check, counts: created }),
    'an undo': undoFacts(),
    'an undo cancelled before': undoFacts(before),
    'an undo cancelled on the way': undoFacts({
      outcome: 'cancelled',
      counts: rows({ deleted: 4, unprocessed: 6 }),
    }),
    'an undo that failed': undoFacts(failed),
  };
  for (const [name, input] of Object.entries(cases)) {
    const { text, html } = renderReport(input, SETTING);
    t.same(wordsOfHtml(html), wordsOfText(text), name);
  }
});

t.test('the subject tells the outcome at a glance', async (t) => {
  const subject = (changes: Partial<ReportFacts>) => renderReport(facts(changes), SETTING).subject;
  t.equal(subject({}), 'Import of sessions.csv: 3 published, 7 invalid');
  t.equal(
    subject({ counts: rows({ published: 999_988, updated: 12 }) }),
    'Import of sessions.csv: 999,988 published, 12 updated',
  );
  t.equal(subject({ outcome: 'failed', counts: NO_ROWS }), 'Import of sessions.csv failed: nothing applied');
  t.equal(
    subject({ outcome: 'cancelled', counts: rows({ published: 4, unprocessed: 6 }) }),
    'Import of sessions.csv cancelled: 4 published, 6 unprocessed',
  );
  t.ok(subject({ fileName: 'x'.repeat(10_000) }).length < 200);
});

t.test(
  'the mail names file, times in the zone of the organisation, counts, errors and invalid rows',
  async (t) => {
    const { text } = renderReport(facts(), SETTING);
    t.match(text, 'Hello Asha Rao,');
    t.match(text, 'File: sessions.csv');
    t.match(text, 'Uploaded: 14-06-2027 15:00 IST');
    t.match(text, 'Finished: 14-06-2027 15:01 IST');
    t.match(text, /^ +3 {2}Published$/mu);
    t.match(text, /^ +7 {2}Invalid$/mu);
    t.match(
      text,
      /^ +5 {2}User not found \(Mentor\)\n +Check the spelling of the e-mail address, or have an account made/mu,
    );
    t.match(text, /^ +2 {2}The session would start in the past \(Date\)\n +Choose a later date or time\.$/mu);
    t.match(text, /^ +2 {2}Leading a school\n +User not found: nobody@example\.org$/mu);
    t.match(text, /^1203 {2}\(no title\)\n +The session would start in the past$/mu);
    t.match(text, `https://mentoring.example.org/v1/imports/${ID}/report.csv`);
    t.match(text, `https://mentoring.example.org/v1/imports/${ID}/corrections.csv`);
    t.match(text, `https://mentoring.example.org/v1/imports/${ID}/source.csv`);
    t.match(text, 'attached as sessions-report.csv');
  },
);

t.test('only the commonest errors are told', async (t) => {
  const { text } = renderReport(EVERYTHING, SETTING);
  t.match(text, 'The 5 commonest errors');
  t.match(text, 'Unknown option (c4)');
  t.notMatch(text, 'Unknown option (c5)');
});

t.test('a report without attachment is linked to', async (t) => {
  const { text } = renderReport(facts(), { ...SETTING, attachmentName: null });
  t.match(text, 'too large for a mail');
  t.match(text, `/v1/imports/${ID}/report.csv`);
});

t.test('a failed import says why, that nothing was applied, and what to do', async (t) => {
  const failed = (code: string) =>
    renderReport(
      facts({
        outcome: 'failed',
        counts: NO_ROWS,
        hasReport: false,
        failure: { code, message: 'Row 12: a quoted cell is never closed', row: 12 },
      }),
      { ...SETTING, attachmentName: null },
    ).text;
  t.match(failed('QUOTE_BROKEN'), 'Row 12: a quoted cell is never closed (QUOTE_BROKEN)');
  t.match(failed('QUOTE_BROKEN'), 'Nothing of the file was applied. Correct the file and upload it again.');
  t.match(failed('FILE_DAMAGED'), 'The fault is on our side. Upload the file again');
  t.notMatch(failed('QUOTE_BROKEN'), 'report.csv');
});

t.test('an import that failed on its way does not claim that nothing was applied', async (t) => {
  const { subject, text } = renderReport(
    facts({ outcome: 'failed', counts: rows({ published: 1, unprocessed: 9 }) }),
    SETTING,
  );
  t.equal(subject, 'Import of sessions.csv failed: 1 published, 9 unprocessed');
  t.match(text, 'What was applied before that (1 row) stays.');
  t.notMatch(text, 'Nothing of the file');
});

t.test('one that failed after rows were applied leads to what became of each', async (t) => {
  const failure = { code: 'INTERNAL_ERROR', message: 'A fault on our side', row: null };
  const failed = (counts: ReturnType<typeof rows>) =>
    renderReport(facts({ outcome: 'failed', failure, counts }), { ...SETTING, attachmentName: null }).text;
  const half = failed(rows({ published: 4, unprocessed: 6 }));
  t.match(half, 'Download the report below and upload it as it is: rows that were published are left alone');
  t.match(half, `/v1/imports/${ID}/report.csv`);
  t.notMatch(half, 'too large');
  const whole = failed(rows({ published: 9, invalid: 1 }));
  t.match(whole, 'All rows were worked off; only their report could not be stored.');
  t.match(whole, 'What was applied (9 rows) stays.');
  t.notMatch(whole, 'Upload the file again');
  t.match(whole, `/v1/imports/${ID}/report.csv`);
});

t.test('nothing from a file or a name becomes markup or a line of its own', async (t) => {
  const hostile = `"><img src=x onerror='alert(1)'><script>x</script>&amp;\r\nBcc: x@example.org\u202e`;
  const named = { fileName: hostile, failure: { code: 'X', message: hostile, row: null } };
  const upload = facts({
    ...named,
    warnings: [hostile],
    problems: [{ code: hostile, column: hostile, rows: 1 }],
    invalidRows: [{ row: 1, name: hostile, message: hostile }],
  });
  const undo = undoFacts({
    ...named,
    undone: { importId: ID, fileName: hostile, hasReport: true },
    leftAlone: [{ reason: hostile, rows: 1 }],
  });
  const mails = [upload, undo].flatMap((input) =>
    [input, { ...input, outcome: 'failed' } as const].map((facts) =>
      renderReport(facts, { ...SETTING, recipientName: hostile }),
    ),
  );
  for (const { subject, text, html } of mails) {
    t.notMatch(
      html,
      /<(?:img|script)|https?:\/\/(?!mentoring\.example\.org|www\.w3\.org)/u,
      'nothing is loaded',
    );
    t.match(html, '&lt;script&gt;x&lt;/script&gt;&amp;amp;');
    for (const written of [subject, text, html]) {
      t.notMatch(written, /^Bcc:/mu);
      t.notMatch(written, /\r|\u202e/u);
    }
    t.notMatch(subject, /\n/u);
  }
});
