import { newId } from '@mentorline/store';
import { findFlaws, openBrowser } from '@mentorline/testkit/browser';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

const MEERA = 'meera.iyer@example.org';
const NEW = 'a new and better password';
const { needsChromium, visit } = await openBrowser(t);
const gateway = await openGateway(t);
const { app, call, clock, store, users, organisation } = gateway;
const origin = await app.listen({ host: '127.0.0.1', port: 0 });

async function askForLink(): Promise<string> {
  await call(null, 'POST', '/v1/auth/password-reset', { email: MEERA });
  const [mail] = await store.connection.collection('mails').find().sort({ _id: -1 }).limit(1).toArray();
  return `/set-password#token=${mail?.account.token}`;
}

async function remind(): Promise<string> {
  const meera = users.get(MEERA)!;
  const unsubscribeSecret = 'a-secret-of-a-reminder';
  const session = {
    ...{ sessionId: newId(), version: 1, userId: meera.id, role: 'mentee' as const, title: 'Leading' },
    ...{ timeZone: 'Asia/Kolkata', start: clock.now, end: clock.now },
    mentor: { name: 'Asha Rao', address: 'asha.rao@example.org' },
    ...{ reminderMinutes: 60, unsubscribeSecret },
  };
  const id = await store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      ...{ organisationId: organisation.id, kind: 'session-reminder', session, date: clock.now },
      to: { name: meera.name, address: MEERA },
      messageId: `<${newId()}@example.org>`,
    }),
  );
  return `/unsubscribe?token=${id}.${unsubscribeSecret}`;
}

t.test(
  'the page of a mailed link says what is wrong with a password, and sets a good one',
  needsChromium,
  async (t) => {
    const { page, complaints, complainsOf } = await visit(t, origin);
    const link = await askForLink();
    await page.goto(link);
    const said = page.getByRole('status');
    const fill = async (password: string, again = password): Promise<void> => {
      await page.getByLabel('New password').fill(password);
      await page.getByLabel('Once more').fill(again);
      await page.getByRole('button', { name: 'Set password' }).click();
    };
    t.same(await findFlaws(page), []);

    await page.getByLabel('New password, 12 characters or more').pressSequentially('short');
    await page.getByLabel('Once more').fill('short');
    await page.getByRole('button', { name: 'Set password' }).click();
    const hint = await page
      .getByLabel('New password')
      .evaluate((field: { validationMessage: string }) => field.validationMessage);
    t.match(hint, '12 characters', 'the browser points at the field and says so');
    await fill(NEW, `${NEW}?`);
    t.equal(await said.textContent(), 'The two passwords differ.');
    t.same(complaints, [], 'nothing has been sent so far');
    await fill(MEERA);
    await said.filter({ hasText: /^The password .*e-mail/ }).waitFor();
    t.same(await findFlaws(page), []);
    await complainsOf(/ 422 /);

    await fill(NEW);
    await said.filter({ hasText: 'Your password is set. Sign in with it now.' }).waitFor();
    t.equal(await page.getByRole('button').count(), 0);
    t.equal(page.url(), `${origin}/set-password`, 'the token is not left in the address');
    t.equal((await call(null, 'POST', '/v1/auth/login', { email: MEERA, password: NEW })).statusCode, 200);
    t.same(complaints, []);

    // The same address but for what stands behind the # does not load the page again.
    await page.goto('about:blank');
    await page.goto(link);
    await fill('yet another password');
    await said.filter({ hasText: 'The link is used, or has run out; ask for a new one.' }).waitFor();
  },
);

t.test('pressing twice is as pressing once', needsChromium, async (t) => {
  const { page, complaints } = await visit(t, origin);
  await page.goto(await askForLink());
  await page.getByLabel('New password').fill(NEW);
  await page.getByLabel('Once more').fill(NEW);
  let sent = 0;
  page.on('request', () => {
    sent += 1;
  });
  await page.evaluate(
    `const form = document.querySelector('form'); form.requestSubmit(); form.requestSubmit();`,
  );
  await page.getByText('Your password is set.').waitFor();
  t.equal(sent, 1);
  t.same(complaints, []);
});

t.test(
  'a link that lost its end is told from the start, and mended by the whole one',
  needsChromium,
  async (t) => {
    const { page, complaints } = await visit(t, origin);
    await page.goto('/set-password');
    t.match(await page.getByRole('status').textContent(), 'This link is not complete.');
    t.equal(await page.getByRole('button').count(), 0);
    t.same(await findFlaws(page), []);
    await page.goto(await askForLink());
    await page.getByRole('button', { name: 'Set password' }).waitFor();
    t.equal(await page.getByRole('status').textContent(), '');
    t.same(complaints, []);
  },
);

t.test(
  'opening the link of a reminder changes nothing; its button ends the reminders',
  needsChromium,
  async (t) => {
    const { page, complaints } = await visit(t, origin);
    const suppressed = async () => (await call('admin@example.org', 'GET', '/v1/suppressions')).json().items;
    const link = await remind();
    await page.goto(link);
    t.same(await findFlaws(page), []);
    t.same(await suppressed(), []);
    await page.getByRole('button', { name: 'No more reminders' }).click();
    await page.getByText('You get no more reminders of sessions.').waitFor();
    t.match(await suppressed(), [{ address: MEERA, reason: 'reminders-off' }]);
    t.same(await findFlaws(page), []);
    t.same(complaints, []);
    await page.goto(link.slice(0, -1));
    await page.getByRole('heading', { name: 'This link is not complete' }).waitFor();
    t.same(await findFlaws(page), []);
  },
);

t.test('the reference of the interface loads from here, and shows the calls', needsChromium, async (t) => {
  const { page, complaints } = await visit(t, origin);
  await page.goto('/docs');
  await page.getByText('/v1/auth/login').first().waitFor();
  t.same(complaints, []);
});
