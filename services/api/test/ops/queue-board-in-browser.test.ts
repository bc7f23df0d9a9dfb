import { newId } from '@mentorline/store';
import { waitFor } from '@mentorline/testkit';
import { openBrowser } from '@mentorline/testkit/browser';
import t from 'tap';
import { openOpsPages } from './open-ops-pages.ts';
import { OBSERVER, OPERATOR } from './operators.ts';

const browser = await openBrowser(t);
const { needsChromium, visit } = browser;
const { origin, enter, deps } = await openOpsPages(t, browser);
/** Of a queue: what can be done with it. */
const MENU = 'button[aria-haspopup=menu]';

t.test('the board asks for the sign-in, as all pages for operators do', needsChromium, async (t) => {
  const { page, complaints } = await visit(t, origin);
  await page.goto('/ops/queues');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  t.equal(new URL(page.url()).pathname, '/ops/login');
  t.same(complaints, []);
});

t.test(
  'it shows queues and jobs, and nothing it does is refused by the browser',
  needsChromium,
  async (t) => {
    const importId = newId();
    await deps.queues.queues.get('imports')!.add('run-import', { importId });
    const { page, complaints } = await enter(OPERATOR);
    await page.getByRole('link', { name: 'Queue board' }).click();
    const board = page.getByRole('main');
    await board.getByRole('link', { name: 'mails' }).waitFor();
    await board.getByRole('link', { name: 'imports' }).click();
    await board.getByRole('link', { name: 'run-import' }).waitFor();
    await board.getByText(importId).waitFor();
    await page.setViewportSize({ width: 375, height: 667 });
    t.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 375, 'on a phone too');
    t.same(complaints, []);
  },
);

t.test('an operator pauses a queue there, and lets it go on', needsChromium, async (t) => {
  const { page, complaints } = await enter(OPERATOR);
  await page.goto('/ops/queues/queue/mails');
  for (const [act, paused] of [
    ['Pause', true],
    ['Resume', false],
  ] as const) {
    await page.getByRole('main').locator(MENU).click();
    await page.getByRole('menuitem', { name: act }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await waitFor(act, async () =>
      (await deps.queues.look())?.some((queue) => queue.name === 'mails' && queue.paused === paused),
    );
  }
  t.same(complaints, []);
});

t.test('an observer looks only', needsChromium, async (t) => {
  const importId = newId();
  await deps.queues.queues.get('imports')!.add('run-import', { importId });
  const { page, complaints } = await enter(OBSERVER);
  await page.goto('/ops/queues/queue/imports');
  await page.getByRole('main').getByText(importId).waitFor();
  t.equal(await page.getByRole('main').locator(MENU).count(), 0);
  t.same(complaints, []);
  const act = `fetch('/ops/queues/api/queues/imports/pause', { method: 'PUT' })`;
  t.equal(await page.evaluate(`${act}.then(({ status }) => status)`), 403);
  t.match(await deps.queues.look(), [{ name: 'imports', paused: false }]);
});
