import { describeError } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import t from 'tap';
import { CONTENT, LONG_MS, OBSERVER, OPERATOR, openOps } from './operators.ts';

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
  await mails.noteSent([{ id: mailId, owner: 'notifier' }]);

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
      { status: 'sent', answer: null },
    ],
  });

  const looked = await call(OBSERVER, 'GET', `/v1/ops/imports/${id}`);
  t.match(looked.json().events[4].error, { type: 'Error', code: '10107', message: null, stack: null });
  t.match(looked.json().mail, {
    to: '…@example.org',
    tries: [{ answer: '451 4.7.1 <…@example.org>: try again later' }, {}],
  });
  for (const { body } of [told, looked]) t.notMatch(body, CONTENT);
  t.equal((await call(OPERATOR, 'GET', `/v1/ops/imports/${newId()}`)).statusCode, 404);
});

t.test('of an import that is tried again and again the last events are kept', async (t) => {
  const { call, store, running } = await openOps(t);
  const { id, owner } = await running();
  for (let n = 0; n < 120; n += 1) {
    await store.connection
      .collection('imports')
      .updateOne({}, { $set: { lease: { owner, until: new Date(Date.now() + LONG_MS) } } });
    await store.imports.releaseImport(id, owner, 0, { what: 'put-back', reason: 'stopping' });
  }
  const story = (await call(OPERATOR, 'GET', `/v1/ops/imports/${id}`)).json();
  t.equal(story.events.length, 100);
  t.equal(story.isComplete, false);
});
