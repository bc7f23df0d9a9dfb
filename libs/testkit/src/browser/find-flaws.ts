import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Look {
  readonly viewport: { width: number; height: number };
  readonly colorScheme: 'light' | 'dark';
}

/** The two that differ in everything: what is well in both is well in between. */
const LOOKS: readonly Look[] = [
  { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { viewport: { width: 375, height: 667 }, colorScheme: 'dark' },
];

const RUN_AXE = `axe.run({ resultTypes: ['violations'], iframes: false })
  .then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ', ' + help + ': ' + html)))`;

/**
 * What keeps somebody from using the page as it stands: it breaks a rule of axe (contrast, names, labels, structure), or
 * has to be scrolled to the side.
 * @param looks on a wide screen and on a phone in the dark, where nothing else is said
 * @returns a sentence for each; leaves the page in the last of the looks
 */
export async function findFlaws(page: Page, looks: readonly Look[] = LOOKS): Promise<string[]> {
  const flaws: string[] = [];
  for (const { viewport, colorScheme } of looks) {
    const look = `${viewport.width} px, ${colorScheme}: `;
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (beyond > 0) flaws.push(`${look}${beyond} px are out of sight`);
    // Each time, since the page may have been loaded anew.
    await page.evaluate(axe.source);
    flaws.push(...(await page.evaluate<string[]>(RUN_AXE)).map((text) => look + text));
  }
  return flaws;
}
