import { Types } from 'mongoose';

/** A new id: 24 hex digits. */
export function newId(): string {
  return new Types.ObjectId().toHexString();
}

/** Whether `text` has the form of an id; anything else cannot name a stored document. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/u.test(text);
}
