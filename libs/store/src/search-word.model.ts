import { Schema } from 'mongoose';

/**
 * A word that a session's title has or once had, as `<organisation id>:<word>`. Sessions are indexed by whole words, in
 * order of start; here a search finds the words that begin with what was typed. One that no session has any more does
 * no harm.
 */
export interface SearchWordDocument {
  _id: string;
}

export const searchWordSchema = new Schema<SearchWordDocument>(
  { _id: { type: String, required: true } },
  { collection: 'searchWords' },
);
