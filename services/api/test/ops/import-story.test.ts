import { describeError } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import t from 'tap';
import { CONTENT, LONG_MS, OBSERVER, OPERATOR, openOps } from './operators.ts';

const TAKEN = '250 2.0.0 <manager@example.org> queued as 4F1kq2';

t.test('an import tells its whole story in order, across services, without its content', async (t) => {
  const { call, store, running } = await openOps(t);
  const { id, owner } = await running();
  const { imports, mails } = store;
  const pool = store.openTransactionPool(1);
  t.teardown(() => pool.close());
  const error = describeError(Object.assign(new Error('the primary stepped down'), { code: 10_107 }))!;
  await imports.releaseImport(id, owner, 0, { what: 'interrupted', error });
  const second = newId();
  await imports.claimImport(id, second, LONG_MS, pool, 'process-2');
  await imports.releaseImport(id, second, 0, { what: 'put-back', reason: 'turn' });
  const third = newId();
  await imports.claimImport(id, third, -1, pool);
  const fourth = newId();
  await imports.claimImport(id, fourth, LONG_MS, pool);
  await imports.moveImport(id, fourth, { from: 'applying', to: 'reporting' }, {});
  const input = (await imports.findImport(id))!;
  const mailId = await store.transaction((transaction) =>
    mails.addReportMail(transaction, input, 'mail.example.org'),
  );
  await imports.moveImport(id, fourth, { from: 'reporting', to: 'completed' }, { mailId });
  await mails.claimMail(mailId, 'notifier', LONG_MS);
  const answer = '451 4.7.1 <manager@example.org>: try again later';
  await mails.settleMail(mailId, 'notifier', { status: 'pending', error: answer, nextAttemptAt: new Date() });
  await mails.claimMail(mailId, 'notifier', LONG_MS);
  await mails.noteSent([{ id: mailId, owner: 'notifier', answer: TAKEN }]);

  const told = await call(OPERATOR, 'GET', `/v1/ops/imports/${id}`);
  t.equal(told.statusCode, 200, told.body);
  const story = told.json();
  t.match(story, { id, status: 'completed', waits: null, isComplete: true, attempts: 4 });
  t.same(
    story.events.map(({ text }: { text: string }) => text),
    [
      'Uploaded, accepted and queued',
      'Claimed in queued, attempt 1',
      'Went on to staging',
      'Went on to applying',
      'Interrupted in applying; tried again after a pause',
      'Claimed in applying, attempt 2',
      "Put back in applying: it is another organisation's turn",
      'Claimed in applying, attempt 3',
      'Claimed in applying, attempt 4; the worker before was lost with it',
      'Went on to reporting',
      'Went on to completed',
    ],
  );
  t.match(story.events[0], { by: 'Priya Menon' });
  t.match(story.events[1], { by: 'process-1' });
  t.match(story.events[4].error, { type: 'Error', code: '10107', message: 'the primary stepped down' });
  t.match(story.events[4].error.stack, 'import-story.test');
  t.match(story.mail, {
    to: 'manager@example.org',
    status: 'sent',
    tries: [
      { status: 'pending', answer },
      { status: 'sent', answer: TAKEN },
    ],
  });

  const looked = await call(OBSERVER, 'GET', `/v1/ops/imports/${id}`);
  t.match(looked.json().events[4].error, { type: 'Error', code: '10107', message: null, stack: null });
  t.match(looked.json().mail, {
    to: '…@example.org',
    tries: [
      { answer: '451 4.7.1 <…@example.org>: try again later' },
      { answer: '250 2.0.0 <…@example.org> queued as 4F1kq2' },
    ],
  });
  for (const { body } of [told, looked]) t.notMatch(body, CONTENT);
  t.equal((await call(OPERATOR, 'GET', `/v1/ops/imports/${newId()}`)).statusCode, 404);
});

t.test(
  'an import that is tried again and again is told in a few lines, and says what is left out',
  async (t) => {
    const { call, store, running } = await openOps(t);
    const { id, owner } = await running();
    const pool = store.openTransactionPool(1);
    t.teardown(() => pool.close());
    const error = describeError(new Error('the primary stepped down'))!;
    await store.imports.releaseImport(id, owner, 0, { what: 'interrupted', error });
    const tryAgain = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        const next = newId();
        await store.imports.claimImport(id, next, LONG_MS, pool, 'process-2');
        await store.imports.releaseImport(id, next, 0, { what: 'interrupted', error });
      }
    };
    const read = async () => (await call(OPERATOR, 'GET', `/v1/ops/imports/${id}`)).json();
    const lines = ({ events }: { events: { text: string; count: number; by: string }[] }) =>
      events.map(({ text, count }) => `${count} ${text}`);
    const beginning = [
      '1 Uploaded, accepted and queued',
      '1 Claimed in queued, attempt 1',
      '1 Went on to staging',
      '1 Went on to applying',
      '1 Interrupted in applying; tried again after a pause',
    ];

    await tryAgain(40);
    const first = await read();
    t.equal(first.isComplete, true);
    t.same(lines(first), [
      ...beginning,
      '40 Claimed in applying, attempts 2 to 41',
      '40 Interrupted in applying; tried again after a pause',
    ]);
    t.match(first.events[5], { by: 'process-2' });
    t.ok(first.events[5].lastAt >= first.events[5].at);
    t.match(first.events[6].error, { message: 'the primary stepped down' });

    await tryAgain(40);
    const second = await read();
    t.equal(second.isComplete, false);
    t.same(lines(second), [
      ...beginning,
      '7 Claimed in applying, attempts 2 to 8',
      '7 Interrupted in applying; tried again after a pause',
      '1 Claimed in applying, attempt 9',
      '45 45 events in between are no longer kept',
      '50 Claimed in applying, attempts 32 to 81',
      '50 Interrupted in applying; tried again after a pause',
    ]);
  },
);

t.test(
  'of an import that an earlier version took up, whose beginning is lost, the rest is told',
  async (t) => {
    const { call, store, running } = await openOps(t);
    const { id, owner } = await running();
    const imports = store.connection.collection('imports');
    const { events } = (await imports.findOne({}))!;
    await imports.updateOne(
      {},
      { $set: { events: events.slice(1) }, $unset: { firstEvents: '', eventCount: '' } },
    );
    await store.imports.moveImport(id, owner, { from: 'applying', to: 'reporting' }, {});
    const story = (await call(OPERATOR, 'GET', `/v1/ops/imports/${id}`)).json();
    t.same(
      story.events.map(({ what }: { what: string }) => what),
      ['claimed', 'moved', 'moved', 'moved'],
    );
    t.equal(story.isComplete, false);
  },
);
