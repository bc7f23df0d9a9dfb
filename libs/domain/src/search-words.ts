/** Accents of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic; the vowel signs of other scripts are letters to their readers. */
const MARKS_NOT_TYPED =
  /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/gu;
/** Joiners show how letters are drawn, not which they are. */
const JOINERS = /[\u200b-\u200d\u2060\ufeff\u00ad]/gu;

/** What texts have in common that people take for the same when they search: case, accents and compatibility forms do not count. */
export function foldText(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replace(JOINERS, '')
      // Up and down again: `ß` and `SS`, both sigmas.
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKD')
      .replace(MARKS_NOT_TYPED, '')
      .normalize('NFC')
  );
}

const LONGEST_WORD = 32;
/** Bounds what one text costs to keep findable. */
const MOST_WORDS = 16;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * The words by which a text is found and with which it is searched, folded, each once, at most sixteen; letters and
 * digits only, of any script.
 */
export function searchWords(text: string): string[] {
  const words = new Set<string>();
  for (const [run] of foldText(text).matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    const parts = UNSPACED.test(run) ? Array.from(segmenter.segment(run), ({ segment }) => segment) : [run];
    for (const part of parts) {
      words.add(Array.from(part).slice(0, LONGEST_WORD).join(''));
      if (words.size === MOST_WORDS) return [...words];
    }
  }
  return [...words];
}
