import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** As root, without a screen, and without a word to anybody but the pages that it opens. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Only what hangs takes so long, however busy the machine is. */
export const PATIENCE_MS = 120_000;

export const NO_CHROMIUM =
  'No Chromium found. Install it (Debian: apt-get install chromium), or name its path in CHROMIUM_PATH.';

/**
 * The Chromium of this machine, without a window: the one that CHROMIUM_PATH names, or one in its usual place.
 * @returns undefined where there is none; NO_CHROMIUM says what to do then
 * @throws what Chromium says when it does not start
 */
export async function launchChromium(): Promise<Browser | undefined> {
  const executablePath = process.env.CHROMIUM_PATH || PLACES.find((path) => existsSync(path));
  return executablePath ? chromium.launch({ executablePath, args: ARGS, timeout: PATIENCE_MS }) : undefined;
}
