export { findFlaws } from './find-flaws.ts';
export { launchChromium, NO_CHROMIUM } from './launch-chromium.ts';
export { openBrowser, type TestBrowser, type Visit } from './open-browser.ts';
