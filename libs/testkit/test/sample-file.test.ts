import { readFile } from 'node:fs/promises';
import type { RowResult } from '@mentorline/devstack';
import t from 'tap';
import { brokenPromises, runSuite, setup } from '../src/index.ts';

/** What the rules say of the sample's ten rows. */
const EXPECTED = [
  { status: 'Published', codes: [] },
  { status: 'Invalid', codes: ['MENTOR_SLOT_TAKEN'] },
  { status: 'Published', codes: [] },
  { status: 'Invalid', codes: ['MENTOR_SLOT_TAKEN'] },
  { status: 'Published', codes: [] },
  { status: 'Invalid', codes: ['MENTEES_REQUIRED'] },
  { status: 'Invalid', codes: ['DURATION_TOO_SHORT'] },
  { status: 'Invalid', codes: ['USER_NOT_FOUND'] },
  { status: 'Invalid', codes: ['FIELD_INVALID'] },
  { status: 'Invalid', codes: ['SESSION_NOT_FOUND'] },
];

t.test('the sample file goes its whole way, for its own organisation only', async (t) => {
  const fixtures = await setup(t);
  const suite = await runSuite(t, fixtures);
  const manager = await suite.signIn('manager@example.org');
  const sample = await readFile(new URL('../../../devstack/samples/sessions-small.csv', import.meta.url));
  const accepted = await manager.upload('sessions-small.csv', new Uint8Array(sample));
  const ended = await manager.waitForImport(accepted.id, () => {});
  t.equal(ended.status, 'completed');
  t.match(ended.rows, { total: 10, published: 3, invalid: 7, unprocessed: 0 });

  const rows = await manager.rows(accepted.id);
  const seen = rows.map(({ status, errors }) => ({ status, codes: errors.map(({ code }) => code) }));
  t.same(seen, EXPECTED);
  t.match(rows[1]?.errors[0]?.message, /15:00 to 16:00 IST on 14-06-2027 \(row 1 of this file\)/u);

  const report = await manager.report(accepted.id);
  const mail = await suite.inbox.waitForMessage(
    (message) => message.mail.messageId === ended.mail?.messageId,
    10_000,
  );
  t.same(mail.envelope?.to, ['manager@example.org']);
  t.equal(mail.mail.attachments.length, 1);
  t.ok(mail.mail.attachments[0]?.content.equals(report), 'the attachment is the report, byte for byte');
  t.equal((await suite.inbox.messages()).length, 1);

  const published = rows.filter((row): row is RowResult & { sessionId: string } => row.sessionId !== null);
  t.same(
    published.map(({ row }) => row),
    [1, 3, 5],
  );
  for (const { row, sessionId, cells } of published) {
    t.ok(report.includes(sessionId), `the report names the session of row ${row}`);
    const response = await manager.fetch(`/v1/sessions/${sessionId}`);
    t.equal(response.status, 200);
    t.match(await response.json(), {
      id: sessionId,
      title: cells.title,
      importId: accepted.id,
      importRow: row,
    });
  }

  const corrections = await (await manager.fetch(`/v1/imports/${accepted.id}/corrections.csv`)).text();
  const lines = corrections.trimEnd().split('\r\n');
  t.equal(lines.length, 1 + 7, 'the corrections are the seven invalid rows');
  t.match(lines[0], /^Action,id,.*,Status Message$/u);
  t.match(lines[3], /,Private without a mentee,.*,A private session needs at least one mentee$/u);

  const again = await manager.upload('report.csv', new Uint8Array(report));
  const repeated = await manager.waitForImport(again.id, () => {});
  t.match(repeated.rows, { total: 10, published: 0, unchanged: 3, invalid: 7 }, 'a report changes nothing');
  const third = await manager.upload('again.csv', new Uint8Array(await manager.report(again.id)));
  t.match((await manager.waitForImport(third.id, () => {})).rows, { unchanged: 3, invalid: 7 });

  const stranger = await suite.signIn('manager@other.example.net');
  for (const path of [
    `/v1/imports/${accepted.id}`,
    `/v1/imports/${accepted.id}/rows`,
    `/v1/imports/${accepted.id}/report.csv`,
    `/v1/imports/${accepted.id}/corrections.csv`,
    `/v1/sessions/${published[0]?.sessionId}`,
  ]) {
    const response = await stranger.fetch(path);
    t.equal(response.status, 404, `the other organisation finds nothing at ${path}`);
    t.equal(response.headers.get('content-type')?.split(';')[0], 'application/problem+json');
  }
  t.match(await (await stranger.fetch('/v1/imports')).json(), { items: [], total: 0 });
  t.same(await brokenPromises(fixtures.store), []);
});

t.test('a file whose last quote stays open is refused whole, and the mail says so', async (t) => {
  const fixtures = await setup(t);
  const suite = await runSuite(t, fixtures);
  const manager = await suite.signIn('manager@example.org');
  const sample = await readFile(
    new URL('../../../devstack/samples/sessions-small.csv', import.meta.url),
    'utf8',
  );
  const file = new TextEncoder().encode(`${sample}Create,,"Never closed,`);
  const accepted = await manager.upload('open-quote.csv', file);
  const ended = await manager.waitForImport(accepted.id, () => {});
  t.equal(ended.status, 'failed');
  t.match(ended.failure, { code: 'QUOTE_BROKEN', row: 11 });
  t.equal(await fixtures.store.connection.collection('sessions').countDocuments(), 0, 'nothing is applied');
  const { mail } = await suite.inbox.waitForMessage(
    (message) => message.mail.messageId === ended.mail?.messageId,
    10_000,
  );
  t.match(mail.text, /row 11/iu);
  t.equal(mail.attachments.length, 0);
});
