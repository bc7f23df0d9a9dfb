/** `npm run mail:screenshots`: pictures of each mail with sample data, taken in Chromium, for `docs/mail/`. */
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchChromium, NO_CHROMIUM } from '@mentorline/testkit/browser';
import { sampleMails } from './sample-mails.ts';

const FOLDER = fileURLToPath(new URL('../../../../../docs/mail/', import.meta.url));

const LOOKS = {
  desktop: { viewport: { width: 760, height: 600 }, colorScheme: 'light' },
  'phone-dark': { viewport: { width: 375, height: 667 }, colorScheme: 'dark' },
} as const;

const browser = await launchChromium();
if (!browser) {
  console.error(NO_CHROMIUM);
  process.exit(1);
}

try {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const [look, options] of Object.entries(LOOKS)) {
    // As mail readers do: no scripts, and nothing is fetched.
    const context = await browser.newContext({ ...options, javaScriptEnabled: false, offline: true });
    const page = await context.newPage();
    for (const { name, html } of sampleMails()) {
      await page.setContent(html);
      await page.screenshot({ path: `${FOLDER}${name}-${look}.png`, fullPage: true });
    }
    await context.close();
  }
} finally {
  await browser.close();
}
console.log(`The pictures are in ${FOLDER}`);
