import t from 'tap';
import type { ReportFacts } from '../src/gather-report.ts';
import { renderReport } from '../src/render-report.ts';
import { cleanFacts, facts, ID, NEVER_COUNTED, rows, SETTING, UNDONE_ID, undoFacts } from './render-facts.ts';

const LINKS = `https://mentoring.example.org/v1/imports/${ID}`;
const HEAD = 'Example Schools\n\n';
const TIMES = 'Uploaded: 14-06-2027 15:00 IST\nFinished: 14-06-2027 15:01 IST';
const FOOTER = `-- \nYou receive this because you uploaded the file. Import ${ID}.\n`;

/** What stands in the mail above its facts: heading, greeting, summary. */
function opening(input: ReportFacts): string {
  const { text } = renderReport(input, { ...SETTING, attachmentName: null });
  return text.slice(HEAD.length, text.search(/\n\nThe (?:import|check|undo)\n/u));
}

/** What the mail links to, in order. */
function links(input: ReportFacts): string[] {
  return [...renderReport(input, SETTING).text.matchAll(/^https:.*\/imports\/(.*)$/gmu)].map((m) => m[1]!);
}

t.test('an import of sessions that went well is told in full', async (t) => {
  const input = cleanFacts({ counts: rows({ published: 7, updated: 1, deleted: 1, unchanged: 1 }) });
  t.equal(
    renderReport(input, SETTING).text,
    `${HEAD}Import of sessions.csv: 7 published, 1 updated, 1 deleted, 1 unchanged

Hello Asha Rao,

7 sessions were published, 1 updated and 1 deleted.

No row was refused; there is nothing left to do.

The import
----------
File: sessions.csv
${TIMES}
Rows: 10

Rows by status
--------------
Rows  Status
   7  Published
   1  Updated
   1  Deleted
   1  Unchanged
   0  Invalid

The report of all rows is attached as sessions-report.csv.

The report (asks you to sign in):
${LINKS}/report.csv

The file as it was uploaded (asks you to sign in):
${LINKS}/source.csv

The import itself (asks you to sign in):
${LINKS}

${FOOTER}`,
  );
});

t.test(
  'a check says that nothing has been stored, what would have become of the rows, and what to do',
  async (t) => {
    const check = { mode: 'check' } as const;
    t.equal(
      opening(facts(check)),
      `Check of sessions.csv: 3 would be published, 7 invalid

Hello Asha Rao,

This was only a check: nothing has been stored.

3 sessions would be published.

7 of 10 rows are invalid. Correct what is named below first and check the file again; or upload the same file again without mode=check, which applies all other rows.`,
    );
    t.match(renderReport(facts(check), SETTING).text, 'What would become of the rows');
    t.equal(
      opening(cleanFacts({ ...check, counts: rows({ published: 1, deleted: 2 }) })),
      `Check of sessions.csv: 1 would be published, 2 would be deleted

Hello Asha Rao,

This was only a check: nothing has been stored.

1 session would be published and 2 deleted.

No row would be refused. To apply the file, upload the same file again without mode=check.`,
    );
    t.match(
      opening(facts({ ...check, counts: rows({ invalid: 10 }) })),
      'No session would change.\n\n10 of 10 rows are invalid. Correct what is named below first and check the file again.',
    );
    t.match(
      opening(cleanFacts({ ...check, kind: 'users', counts: rows({ unchanged: 10 }) })),
      'No user would change.\n\nNo row would be refused; there is nothing left to do.',
    );
    t.same(links(facts(check)), [`${ID}/report.csv`, `${ID}/corrections.csv`, `${ID}/source.csv`, ID]);
  },
);

t.test('an import of users speaks of users', async (t) => {
  const input = facts({
    kind: 'users',
    fileName: 'people.csv',
    counts: rows({ created: 5, updated: 2, unchanged: 1, invalid: 2 }),
    problems: [
      { code: 'EMAIL_TAKEN', column: 'Email', rows: 1 },
      { code: 'OWN_ROLE_NEEDED', column: 'Roles', rows: 1 },
    ],
    invalidRows: [
      { row: 3, name: 'a@example.org', message: 'You cannot take the role org_admin from yourself' },
      { row: 4, name: '', message: 'Mandatory field Email not filled' },
    ],
  });
  t.equal(
    renderReport(input, { ...SETTING, attachmentName: 'people-report.csv' }).text,
    `${HEAD}Import of users from people.csv: 5 created, 2 updated, 1 unchanged, 2 invalid

Hello Asha Rao,

5 users were created and 2 updated.

2 of 10 rows are invalid; nothing of them was applied. Correct what is named below and upload the corrected rows again. Rows that went through need not be uploaded again.

The import
----------
File: people.csv
${TIMES}
Rows: 10

Rows by status
--------------
Rows  Status
   5  Created
   2  Updated
   1  Unchanged
   2  Invalid

Errors
------
Rows  Error
      What to do
   1  The e-mail address belongs to an account that your organisation cannot change (Email)
      Check the spelling, use another address, or leave the row out.
   1  You cannot take the role org_admin from yourself (Roles)
      Add org_admin to the roles of your own row, or let another administrator upload it.

Invalid rows
------------
Row  E-mail address
     What is wrong
  3  a@example.org
     You cannot take the role org_admin from yourself
  4  (no e-mail address)
     Mandatory field Email not filled

The report of all rows is attached as people-report.csv.

The report (asks you to sign in):
${LINKS}/report.csv

Only the invalid rows, to be corrected and uploaded again (asks you to sign in):
${LINKS}/corrections.csv

The file as it was uploaded (asks you to sign in):
${LINKS}/source.csv

The import itself (asks you to sign in):
${LINKS}

${FOOTER}`,
  );
  t.equal(
    renderReport({ ...input, mode: 'check' }, SETTING).subject,
    'Check of users from people.csv: 5 would be created, 2 would be updated, 1 unchanged, 2 invalid',
  );
  t.notMatch(renderReport(input, SETTING).text, /session(?!s-report)/u);
});

t.test('an undo says what was undone, what was taken back and why the rest was left alone', async (t) => {
  const attachmentName = 'Undo of sessions-report.csv';
  t.equal(
    renderReport(undoFacts(), { ...SETTING, attachmentName }).text,
    `${HEAD}Undo of sessions.csv: 4 deleted, 6 unchanged

Hello Asha Rao,

The import of sessions.csv was undone: 4 sessions were taken back (Deleted).

6 rows were left alone (Unchanged). The reasons stand below; the report says why for each.

The undo
--------
Undone import: sessions.csv, ${UNDONE_ID}
Asked for: 14-06-2027 15:00 IST
Finished: 14-06-2027 15:01 IST
Rows: 10

Rows by status
--------------
Rows  Status
   4  Deleted
   6  Unchanged

Why rows were left alone
------------------------
Rows  Reason
   5  Left as it is: changed since it was published
   1  Edits are not undone

The report of all rows is attached as Undo of sessions-report.csv.

The report (asks you to sign in):
${LINKS}/report.csv

The report of the import that was undone (asks you to sign in):
https://mentoring.example.org/v1/imports/${UNDONE_ID}/report.csv

The undo itself (asks you to sign in):
${LINKS}

-- 
You receive this because you asked for the undo. Import ${ID}.
`,
  );
});

t.test('an undo that took nothing back does not claim that it did', async (t) => {
  const none = undoFacts({ counts: rows({ unchanged: 1 }), rowsTotal: 1 });
  t.match(
    opening(none),
    'The import of sessions.csv was not undone: no session was taken back.\n\n1 row was left alone (Unchanged).',
  );
  t.match(renderReport(none, SETTING).text, /^ +0 {2}Deleted\n +1 {2}Unchanged$/mu);
  const empty = undoFacts({ counts: rows({}), rowsTotal: 0, leftAlone: [] });
  t.equal(
    opening(empty),
    `Undo of sessions.csv: nothing taken back

Hello Asha Rao,

The import of sessions.csv had changed nothing, so there was nothing to take back.`,
  );
});

t.test('an undo of an import that is gone, or had no report, does not link to it', async (t) => {
  t.same(links(undoFacts({ undone: null })), [`${ID}/report.csv`, ID]);
  const undone = { importId: UNDONE_ID, fileName: 'sessions.csv', hasReport: false };
  t.same(links(undoFacts({ undone })), [`${ID}/report.csv`, ID]);
  t.match(opening(undoFacts({ undone: null })), 'The import was undone: 4 sessions were taken back');
});

t.test('what was cancelled before it began says so, and how to go on', async (t) => {
  const counts = rows({ unprocessed: 10 });
  const before = { outcome: 'cancelled', counts, problems: [], invalidRows: [], leftAlone: [] } as const;
  const told = opening(facts(before));
  t.equal(
    told,
    `Import of sessions.csv cancelled: nothing applied

Hello Asha Rao,

The import was cancelled before it had begun. Nothing of the file was applied.

10 rows were left out (Unprocessed).

To apply it after all, upload the file again.`,
  );
  t.same(links(facts(before)), [`${ID}/report.csv`, `${ID}/source.csv`, ID]);
  t.equal(
    opening(facts({ mode: 'check', ...before })),
    `Check of sessions.csv cancelled: nothing checked

Hello Asha Rao,

The check was cancelled before it had begun. Nothing has been stored.

10 rows were left out (Unprocessed).

To check them all, upload the file again with mode=check.`,
  );
  t.equal(
    opening(undoFacts(before)),
    `Undo of sessions.csv cancelled: nothing taken back

Hello Asha Rao,

The undo was cancelled before it had begun.

No session was taken back. 10 rows were left out (Unprocessed).

To undo the import after all, ask for the undo again.`,
  );
});

t.test('what was cancelled on its way tells what stays, what was left out and how to go on', async (t) => {
  const cancelled = { outcome: 'cancelled', problems: [], invalidRows: [], leftAlone: [] } as const;
  t.equal(
    opening(facts({ ...cancelled, counts: rows({ published: 1, invalid: 3, unprocessed: 6 }) })),
    `Import of sessions.csv cancelled: 1 published, 3 invalid, 6 unprocessed

Hello Asha Rao,

The import was cancelled on its way.

What was applied before that (1 row) stays. 6 rows were left out (Unprocessed).

To apply the rest after all, upload the report again: rows that went through stay as they are. Correct the invalid rows in it first.`,
  );
  t.match(
    opening(facts({ ...cancelled, counts: rows({ invalid: 2, unprocessed: 8 }) })),
    'cancelled on its way.\n\nNothing of the file was applied. 8 rows were left out (Unprocessed).',
  );
  t.equal(
    opening(facts({ ...cancelled, mode: 'check', counts: rows({ published: 4, unprocessed: 6 }) })),
    `Check of sessions.csv cancelled: 4 would be published, 6 unprocessed

Hello Asha Rao,

The check was cancelled on its way. Nothing has been stored.

4 rows were checked. 6 rows were left out (Unprocessed).

To check them all, upload the file again with mode=check.`,
  );
  t.match(
    opening(undoFacts({ ...cancelled, counts: rows({ deleted: 4, unprocessed: 6 }) })),
    'What was taken back before that (4 sessions) stays deleted. 6 rows were left out (Unprocessed).',
  );
  const onTheWay = facts({ ...cancelled, counts: rows({ created: 4, unprocessed: 6 }), kind: 'users' });
  t.match(renderReport(onTheWay, SETTING).text, 'attached as sessions-report.csv');
  t.same(links(onTheWay), [`${ID}/report.csv`, `${ID}/source.csv`, ID]);
});

t.test('a check or an undo that failed does not speak of an import of the file', async (t) => {
  const failure = { code: 'QUOTE_BROKEN', message: 'Row 12: a quoted cell is never closed', row: 12 };
  const failed = { outcome: 'failed', ...NEVER_COUNTED, failure } as const;
  t.equal(
    opening(facts({ mode: 'check', ...failed })),
    `Check of sessions.csv failed: nothing checked

Hello Asha Rao,

The file could not be checked.

Row 12: a quoted cell is never closed (QUOTE_BROKEN)

This was only a check: nothing has been stored. Correct the file and upload it again.`,
  );
  t.equal(
    opening(undoFacts({ ...failed, failure: { code: 'INTERNAL_ERROR', message: 'A fault', row: null } })),
    `Undo of sessions.csv failed: nothing taken back

Hello Asha Rao,

The import of sessions.csv could not be undone.

A fault (INTERNAL_ERROR)

No session was taken back. Ask for the undo again; should it fail once more, give the import number below to your administrator.`,
  );
});

t.test('corrections are linked to wherever rows are invalid, though there be no report', async (t) => {
  const failed = facts({ outcome: 'failed', hasReport: false, counts: rows({ published: 1, invalid: 9 }) });
  t.same(links(failed), [`${ID}/corrections.csv`, `${ID}/source.csv`, ID]);
});

t.test('the colour of the heading says whether there is something left to do', async (t) => {
  const tone = (input: ReportFacts) => /<h1 class="tone-(\w+)"/u.exec(renderReport(input, SETTING).html)?.[1];
  t.equal(tone(cleanFacts()), 'good');
  t.equal(tone(facts()), 'mixed');
  t.equal(tone(undoFacts()), 'mixed', 'some sessions were left alone');
  t.equal(tone(undoFacts({ counts: rows({ deleted: 10 }), leftAlone: [] })), 'good');
  t.equal(tone(facts({ outcome: 'cancelled', counts: rows({ unprocessed: 10 }) })), 'mixed');
  t.equal(tone(facts({ outcome: 'failed', ...NEVER_COUNTED })), 'bad');
});
