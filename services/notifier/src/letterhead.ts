import type { Letterhead } from '@mentorline/store';
import { plainLine } from './plain-line.ts';

const LONGEST_ORGANISATION = 100;
const DARK_INK = '#111418';
const LIGHT_INK = '#ffffff';

/** The organisation's name as one plain line; empty when it has none. */
export function organisationLine({ organisationName }: Letterhead): string {
  return plainLine(organisationName, LONGEST_ORGANISATION);
}

/** What stands over a letter: the organisation's name, on its colour, in whichever ink can be read on it. */
export function brandLetterhead(letterhead: Letterhead): { name: string; ground: string; ink: string } {
  const ground = letterhead.brandColor;
  const ink = contrast(ground, LIGHT_INK) >= contrast(ground, DARK_INK) ? LIGHT_INK : DARK_INK;
  return { name: organisationLine(letterhead), ground, ink };
}

/** Contrast ratio of two colours `#rrggbb`, 1 to 21 (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance of a colour `#rrggbb`, 0 to 1 (WCAG 2.2, "relative luminance"). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
