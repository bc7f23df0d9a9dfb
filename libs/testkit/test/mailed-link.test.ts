import { startInboxPage } from '@mentorline/devstack';
import t from 'tap';
import { findFlaws, openBrowser } from '../src/browser/index.ts';
import { runSuite, setup } from '../src/index.ts';

const OPERATOR = 'operator@example.org';
const NEW = 'a new and better password';
const { needsChromium, visit } = await openBrowser(t);

t.test(
  'whoever forgot the password gets a mail, follows its link, and signs in with a new one',
  needsChromium,
  async (t) => {
    const fixtures = await setup(t);
    const { gatewayUrl, inbox } = await runSuite(t, fixtures, { services: ['api', 'notifier'] });
    const inboxPage = await startInboxPage(inbox);
    t.teardown(() => inboxPage.stop());
    const asked = await fetch(`${gatewayUrl}/v1/auth/password-reset`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: OPERATOR }),
    });
    t.equal(asked.status, 202);
    await inbox.waitForMessage(() => true, 60_000);

    const { page: mails, complaints } = await visit(t, new URL(inboxPage.url).origin);
    await mails.goto('/');
    t.same(await findFlaws(mails), []);
    await mails.getByRole('link', { name: 'Set a new password' }).click();
    t.same(await findFlaws(mails), []);
    t.same(complaints, []);
    const link = mails.frameLocator('iframe').getByRole('link', { name: 'Set a new password' });
    const [page] = await Promise.all([mails.context().waitForEvent('page'), link.click()]);
    await page.getByLabel('New password').fill(NEW);
    await page.getByLabel('Once more').fill(NEW);
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('Your password is set. Sign in with it now.').waitFor();

    await page.goto(`${gatewayUrl}/ops`);
    const signIn = async (password: string): Promise<void> => {
      await page.getByLabel('E-mail').fill(OPERATOR);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await signIn(fixtures.password);
    t.match(await page.getByRole('alert').textContent(), 'E-mail or password is wrong');
    await signIn(NEW);
    await page.waitForURL(`${gatewayUrl}/ops`);
    t.match(await page.getByRole('banner').textContent(), 'Farah Khan, operator');
  },
);
