import type { BrowserContextOptions, Page } from 'playwright-core';
import type { TestContext } from '../setup.ts';
import { waitFor } from '../wait-for.ts';
import { launchChromium, NO_CHROMIUM, PATIENCE_MS } from './launch-chromium.ts';

/** Somebody before a browser. */
export interface Visit {
  page: Page;
  /**
   * What the browser complained of so far, and every request that went elsewhere than to the origin visited:
   * empty where all is well. An answer that refuses something is a complaint too.
   */
  complaints: string[];
  /** Waits for a complaint that has to come, and takes it out. */
  complainsOf(what: RegExp): Promise<void>;
}

export interface TestBrowser {
  /** For tap, with each test that needs the browser: where there is none, the test is skipped and says what to install. */
  needsChromium: { skip: string | false };
  /** A browser of somebody's own, with no cookies and an empty page; paths are those of `origin`. */
  visit(t: TestContext, origin: string, options?: BrowserContextOptions): Promise<Visit>;
}

/** One Chromium for the tests of a file; it is closed with them. */
export async function openBrowser(t: TestContext): Promise<TestBrowser> {
  const browser = await launchChromium();
  t.teardown(() => browser?.close());
  return {
    needsChromium: { skip: browser ? false : NO_CHROMIUM },
    async visit(t, origin, options = {}) {
      const context = await browser!.newContext({ baseURL: origin, ...options });
      t.teardown(() => context.close());
      context.setDefaultTimeout(PATIENCE_MS);
      const complaints: string[] = [];
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      context.on('weberror', (fault) => complaints.push(fault.error().message));
      context.on('request', (request) => {
        const { protocol, origin: asked } = new URL(request.url());
        if (asked !== origin && protocol !== 'data:') complaints.push(`asks ${request.url()}`);
      });
      context.on('requestfailed', (request) => {
        const { errorText = '' } = request.failure() ?? {};
        // What was under way when somebody went to another page.
        if (errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${errorText}`);
      });
      const complainsOf = async (what: RegExp): Promise<void> => {
        const place = await waitFor(`a complaint of ${what}`, async () => {
          const index = complaints.findIndex((text) => what.test(text));
          return index >= 0 && { index };
        });
        complaints.splice(place.index, 1);
      };
      return { page: await context.newPage(), complaints, complainsOf };
    },
  };
}
