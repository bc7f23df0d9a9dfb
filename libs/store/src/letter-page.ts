import { Types } from 'mongoose';

/** A page of what was given up; of what an operator has put aside, if `dismissed`. */
export interface LetterPage {
  dismissed: boolean;
  /** The last of the page before, and the time by which the list is in order. */
  after?: { at: Date; id: string };
  limit: number;
}

/**
 * Filter of such a page. What was put aside is in the order in which its index is read backwards.
 * @param orderedBy the time by which the others are in order; undefined: by their ids
 */
export function lettersOf({ dismissed, after }: LetterPage, orderedBy?: string): object {
  const among = { dismissedAt: dismissed ? { $gt: new Date(0) } : null };
  if (!after) return among;
  const id = new Types.ObjectId(after.id);
  const time = dismissed ? 'dismissedAt' : orderedBy;
  if (!time) return { ...among, _id: { $lt: id } };
  const before = {
    $or: [{ [time]: { $lt: after.at } }, { [time]: after.at, _id: dismissed ? { $gt: id } : { $lt: id } }],
  };
  return { $and: [among, { [time]: { $lte: after.at } }, before] };
}
