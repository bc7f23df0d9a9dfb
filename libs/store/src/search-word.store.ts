import { LRUCache } from 'lru-cache';
import { ensureDocuments } from './ensure-documents.ts';
import type { Models } from './models.ts';
import { pastBeginning } from './past-beginning.ts';
import { aggregateAtOnce } from './read-at-once.ts';
import type { SearchWordDocument } from './search-word.model.ts';

const KNOWN_WORDS = 200_000;
/** Numbers and codes can be as many as there are sessions; they are found whole only. */
const HAS_DIGIT = /\p{N}/u;

export function searchWordStore({ SearchWord }: Models) {
  // By size: with `max` it would take the room for all of them at once, at every start.
  const known = new LRUCache<string, true>({ maxSize: KNOWN_WORDS, sizeCalculation: () => 1 });

  return {
    /**
     * Makes the words findable by how they begin. Outside any transaction, whoever calls (see {@link ensureDocuments}):
     * what is there twice or too early does no harm.
     */
    async ensureWords(words: Iterable<{ organisationId: string; word: string }>): Promise<void> {
      const missing = new Set<string>();
      for (const { organisationId, word } of words) {
        const id = `${organisationId}:${word}`;
        if (!known.has(id) && !HAS_DIGIT.test(word)) missing.add(id);
      }
      await ensureDocuments(SearchWord.collection, [...missing], {});
      for (const id of missing) known.set(id, true);
    },

    /** The organisation's words that begin so, in alphabetical order; the beginning itself always among them. */
    async findWords(organisationId: string, beginning: string, most: number): Promise<string[]> {
      const from = `${organisationId}:${beginning}`;
      const found = await aggregateAtOnce<SearchWordDocument>(SearchWord, [
        { $match: { _id: { $gte: from, $lt: pastBeginning(from) } } },
        { $sort: { _id: 1 } },
        { $limit: most },
      ]);
      const words = found.map(({ _id }) => _id.slice(organisationId.length + 1));
      return [...new Set([beginning, ...words])].slice(0, most);
    },
  };
}

export type SearchWordStore = ReturnType<typeof searchWordStore>;
