/** `npm run mail:screenshots [-- <path of a Chromium>]`: pictures of each mail with sample data, taken in Chromium, for `docs/mail/`. */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { sampleMails } from './sample-mails.ts';

const FOLDER = fileURLToPath(new URL('../../../../../docs/mail/', import.meta.url));
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const LOOKS = {
  desktop: { viewport: { width: 760, height: 600 }, colorScheme: 'light' },
  'phone-dark': { viewport: { width: 375, height: 667 }, colorScheme: 'dark' },
} as const;

const executablePath = [...process.argv.slice(2), ...PLACES].find((path) => existsSync(path));
if (!executablePath) {
  console.error('No Chromium found. Install it (Debian: apt-get install chromium), or name its path.');
  process.exit(1);
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
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
