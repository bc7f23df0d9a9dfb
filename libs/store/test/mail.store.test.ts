import t from 'tap';
import { isDuplicateKey, type Mail, newId, type Store } from '../src/index.ts';
import { openStore } from './open-store.ts';

const LONG_MS = 60_000;
const DAY_MS = 86_400_000;
/** A lease that has run out when it is taken. */
const OVER_MS = -1;

const past = (ms: number): Date => new Date(Date.now() - ms);

function addMail(store: Store, given: Partial<Mail> = {}): Promise<string> {
  const importId = given.importId ?? newId();
  return store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      organisationId: newId(),
      kind: 'import-report',
      importId,
      to: { name: 'Priya Menon', address: 'manager@example.org' },
      messageId: `<import-report.${importId}@example.org>`,
      date: past(1_000),
      ...given,
    }),
  );
}

async function waiting({ mails }: Store): Promise<string[]> {
  return (await mails.listWaitingMails(100)).map(({ id }) => id);
}

t.test('a mail waits as it was put in the outbox', async (t) => {
  const store = await openStore(t);
  const given = {
    organisationId: newId(),
    importId: newId(),
    messageId: '<1@example.org>',
    date: past(5_000),
  };
  const id = await addMail(store, given);
  t.match(await store.mails.findMail(id), { ...given, id, status: 'pending', attempts: 0, sentAt: null });
  t.same(await store.mails.listWaitingMails(1), [{ id, attempts: 0, priority: 0, trace: null }]);
  t.equal(await store.mails.findMail(newId()), undefined);
  t.same([...(await store.mails.findMails([id, newId()])).keys()], [id]);
});

t.test(
  'a mail keeps the name and the colour that its organisation had when it was put in the outbox',
  async (t) => {
    const store = await openStore(t);
    const { organisations, mails } = store;
    const { id: organisationId } = await organisations.createOrganisation({ name: 'Example Schools' });
    const before = await addMail(store, { organisationId, messageId: '<before@example.org>' });
    const change = { name: 'Example Academy', settings: { brandColor: '#0f5132' } };
    await store.transaction((transaction) =>
      organisations.changeOrganisation(transaction, organisationId, change),
    );
    const after = await addMail(store, { organisationId, messageId: '<after@example.org>' });
    t.same((await mails.findMail(before))?.letterhead, {
      organisationName: 'Example Schools',
      brandColor: '#1e3a5f',
    });
    t.same((await mails.findMail(after))?.letterhead, {
      organisationName: 'Example Academy',
      brandColor: '#0f5132',
    });
  },
);

t.test('an import has one report mail at most', async (t) => {
  const store = await openStore(t);
  const importId = newId();
  const tries = await Promise.allSettled([1, 2, 3].map(() => addMail(store, { importId })));
  const refused = tries.filter((result) => result.status === 'rejected');
  t.equal(refused.length, 2);
  t.ok(refused.every(({ reason }) => isDuplicateKey(reason)));
});

t.test('the report of an import goes to its uploader, under a Message-ID of the import’s own', async (t) => {
  const store = await openStore(t);
  const input = {
    id: newId(),
    organisationId: newId(),
    uploadedBy: { userId: newId(), name: 'Priya Menon', email: 'manager@example.org' },
    cause: { requestId: 'a-request', trace: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
  };
  const add = () =>
    store.transaction((transaction) => store.mails.addReportMail(transaction, input, 'mail.example.org'));
  const id = await add();
  t.match(await store.mails.findMail(id), {
    organisationId: input.organisationId,
    kind: 'import-report',
    importId: input.id,
    cause: input.cause,
    to: { name: 'Priya Menon', address: 'manager@example.org' },
    messageId: `<import-report.${input.id}@mail.example.org>`,
    status: 'pending',
  });
  t.same(await waiting(store), [id], 'it is due at once');
  t.ok(isDuplicateKey(await add().catch((error: unknown) => error)));
});

t.test('of many notifiers one claims a mail', async (t) => {
  const store = await openStore(t);
  const id = await addMail(store);
  const claims = await Promise.all(
    Array.from({ length: 20 }, () => store.mails.claimMail(id, newId(), LONG_MS)),
  );
  t.match(claims.filter(Boolean), [{ id, status: 'sending', attempts: 1 }]);
  t.same(await waiting(store), [], 'nobody is called for a mail that is being sent');
});

t.test('many mails are claimed and noted as sent together, each for itself', async (t) => {
  const store = await openStore(t);
  const ids = await Promise.all(Array.from({ length: 4 }, () => addMail(store)));
  const [taken, lost, ...free] = ids as [string, string, ...string[]];
  await store.mails.claimMail(taken, 'another', LONG_MS);
  const claimed = await store.mails.claimMails(ids, 'owner', LONG_MS);
  t.same([...claimed.keys()].sort(), [lost, ...free].sort(), 'but for the one in hand');
  t.match([...claimed.values()], Array(3).fill({ status: 'sending', attempts: 1 }));
  const again = await store.mails.claimMails(ids, 'owner', LONG_MS);
  t.same([...again.keys()].sort(), [...claimed.keys()].sort(), 'asked again, the same, not tried once more');
  t.match([...again.values()], Array(3).fill({ attempts: 1 }));
  await store.connection
    .collection('mails')
    .updateOne({ messageId: claimed.get(lost)!.messageId }, { $set: { 'lease.owner': 'thief' } });
  const noted = await store.mails.noteSent(
    [lost, ...free].map((id) => ({ id, owner: 'owner', answer: `250 queued as ${id}` })),
  );
  t.same([...noted].sort(), [...free].sort());
  for (const id of free) {
    t.match(await store.mails.findMail(id), { status: 'sent', tries: [{ answer: `250 queued as ${id}` }] });
  }
  for (const id of [taken, lost]) t.match(await store.mails.findMail(id), { status: 'sending' });
});

t.test('a mail that is sent or given up leaves the outbox after half a year, no other does', async (t) => {
  const store = await openStore(t);
  const [sent, failed, waits] = [await addMail(store), await addMail(store), await addMail(store)];
  for (const id of [sent, failed]) await store.mails.claimMail(id, 'notifier', LONG_MS);
  await store.mails.noteSent([{ id: sent, owner: 'notifier', answer: '250 ok' }]);
  await store.mails.settleMail(failed, 'notifier', { status: 'failed', error: '550 no such user' });
  const inDays = async (id: string) =>
    Math.round(((await store.mails.findMail(id))!.expiresAt!.getTime() - Date.now()) / DAY_MS);
  t.equal(await inDays(sent), 180);
  t.equal(await inDays(failed), 180);
  t.notOk((await store.mails.findMail(waits))?.expiresAt);
  await store.transaction((transaction) => store.mails.sendAgain(transaction, failed, new Date()));
  t.notOk((await store.mails.findMail(failed))?.expiresAt, 'one that is to be sent again is needed');
});

t.test('a mail whose notifier is gone is sent by another, and the first may not settle it', async (t) => {
  const store = await openStore(t);
  const id = await addMail(store);
  await store.mails.claimMail(id, 'gone', OVER_MS);
  t.same(await waiting(store), [id]);
  t.match(await store.mails.claimMail(id, 'next', LONG_MS), { attempts: 2 });
  t.equal(await store.mails.renewMailLease(id, 'gone', LONG_MS), false);
  t.equal(await store.mails.settleMail(id, 'gone', { status: 'failed', error: 'late' }), false);
  t.match(await store.mails.findMail(id), { status: 'sending', lastError: null });
  t.same([...(await store.mails.noteSent([{ id, owner: 'next', answer: '250 ok' }]))], [id]);
  const sent = await store.mails.findMail(id);
  t.match(sent, { status: 'sent', attempts: 2, lastError: null });
  t.ok(sent?.sentAt instanceof Date);
});

t.test('a renewed mail is not taken over', async (t) => {
  const store = await openStore(t);
  const id = await addMail(store);
  await store.mails.claimMail(id, 'slow', OVER_MS);
  t.equal(await store.mails.renewMailLease(id, 'slow', LONG_MS), true);
  t.equal(await store.mails.claimMail(id, 'other', LONG_MS), undefined);
});

t.test('a mail that failed for now is claimed again when its time has come, not before', async (t) => {
  const store = await openStore(t);
  const id = await addMail(store);
  for (const [attempt, nextAttemptAt] of [past(-LONG_MS), past(1)].entries()) {
    await store.connection.collection('mails').updateMany({}, { $set: { nextAttemptAt: past(1) } });
    t.match(await store.mails.claimMail(id, 'notifier', LONG_MS), { attempts: attempt + 1 });
    const outcome = { status: 'pending' as const, error: '421 try again later', nextAttemptAt };
    t.equal(await store.mails.settleMail(id, 'notifier', outcome), true);
    t.match(await store.mails.findMail(id), { status: 'pending', lastError: '421 try again later' });
    const due = attempt === 1;
    t.same(await waiting(store), due ? [id] : []);
    t.equal((await store.mails.claimMail(id, 'early', OVER_MS)) !== undefined, due);
  }
});

t.test(
  'a mail that is put back is free at once, and has no attempt more; only its holder puts it back',
  async (t) => {
    const store = await openStore(t);
    const id = await addMail(store);
    await store.mails.claimMail(id, 'notifier', LONG_MS);
    await store.mails.putBack(id, 'another');
    t.match(await store.mails.findMail(id), { status: 'sending', attempts: 1 });
    t.equal(await store.mails.noteLighter(id, 'another', '<lighter@example.org>'), false);
    await store.mails.putBack(id, 'notifier');
    t.match(await store.mails.findMail(id), { status: 'pending', attempts: 0, tries: undefined });
    t.match(await store.mails.claimMail(id, 'next', LONG_MS), { attempts: 1 });
  },
);

t.test('what has been sent or given up is never sent again', async (t) => {
  const store = await openStore(t);
  for (const outcome of [{ status: 'sent' }, { status: 'failed', error: '550 no such user' }] as const) {
    const id = await addMail(store);
    await store.mails.claimMail(id, 'notifier', LONG_MS);
    if (outcome.status === 'sent') await store.mails.noteSent([{ id, owner: 'notifier', answer: '250 ok' }]);
    else await store.mails.settleMail(id, 'notifier', outcome);
    t.same(await waiting(store), []);
    for (const owner of ['notifier', 'another']) {
      t.equal(await store.mails.claimMail(id, owner, LONG_MS), undefined);
    }
    t.equal(await store.mails.renewMailLease(id, 'another', LONG_MS), false);
    t.equal((await store.mails.noteSent([{ id, owner: 'another', answer: '250 ok' }])).size, 0);
    t.match(await store.mails.findMail(id), { status: outcome.status, attempts: 1 });
  }
});

t.test('whoever has not heard that a mail was noted as sent is told so when asking again', async (t) => {
  const store = await openStore(t);
  const ids = [await addMail(store), await addMail(store)] as const;
  await store.mails.claimMails(ids, 'notifier', LONG_MS);
  const noteOf = (id: string) => ({ id, owner: 'notifier', answer: '250 ok' });
  const [first, second] = [noteOf(ids[0]), noteOf(ids[1])];
  await store.mails.noteSent([first]);
  const { sentAt, tries } = (await store.mails.findMail(first.id))!;
  t.equal(await store.mails.renewMailLease(first.id, 'notifier', LONG_MS), true, 'nobody has taken it over');
  t.same([...(await store.mails.noteSent([first, second]))].sort(), [...ids].sort());
  t.match(await store.mails.findMail(first.id), { status: 'sent', sentAt, tries }, 'and stays as noted');
});

t.test('mails that have been due longest come first', async (t) => {
  const store = await openStore(t);
  const ages = [2_000, 4_000, 1_000, 3_000];
  const ids: string[] = [];
  for (const age of ages) ids.push(await addMail(store, { date: past(age) }));
  t.same(await waiting(store), [ids[1], ids[3], ids[0], ids[2]]);
  t.equal((await store.mails.listWaitingMails(2)).length, 2);
});

t.test(
  'a report goes before reminders, and these before ten thousand invitations that are due longer',
  async (t) => {
    const store = await openStore(t);
    const named = (messageId: string) => ({ messageId: `<${messageId}@example.org>` });
    const ids = [
      await addMail(store, { ...named('1'), kind: 'session-invited', date: past(9_000) }),
      await addMail(store, { ...named('2'), kind: 'session-reminder', date: past(2_000) }),
      await addMail(store, { ...named('3'), kind: 'session-changed', date: past(8_000) }),
      await addMail(store, { ...named('4'), kind: 'import-report', date: past(1_000) }),
      await addMail(store, { ...named('5'), kind: 'password-reset', date: past(3_000) }),
      await addMail(store, { ...named('6'), kind: 'invitation', date: past(7_000) }),
    ];
    // One of an earlier version counts as what was all there was then.
    await store.connection
      .collection('mails')
      .updateOne({ messageId: '<4@example.org>' }, { $unset: { priority: '' } });
    t.same(await waiting(store), [ids[4], ids[3], ids[1], ids[0], ids[2], ids[5]]);
    t.same(
      (await store.mails.listWaitingMails(3)).map(({ priority }) => priority),
      [0, 0, 1],
    );
  },
);
