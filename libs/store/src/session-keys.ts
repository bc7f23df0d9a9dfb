import { searchWords } from '@mentorline/domain';

/** Each word is an entry of an index, written with every session: long titles are found by their first words. */
const MOST_TITLE_WORDS = 12;

/** No word holds a `#`. */
export function categoryKey(value: string): string {
  return `#${value}`;
}

export function titleWords(title: string): string[] {
  return searchWords(title).slice(0, MOST_TITLE_WORDS);
}

/** By what sessions of an organisation are found in order of start: the words of the title, and the categories. */
export function sessionKeys({
  title,
  categories,
}: {
  title: string;
  categories: readonly string[];
}): string[] {
  return [...titleWords(title), ...categories.map(categoryKey)];
}
