/** Name and address, always apart: joined into one text a name could pass for a further address. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const NAMED = /^\s*"?([^"<>\p{Cc}]*?)"?\s*<([^<>\s@]+@[^<>\s@]+)>\s*$/u;
const BARE = /^\s*([^<>\s@]+@[^<>\s@]+)\s*$/u;

/** @returns `undefined` when the text is neither `address` nor `name <address>` */
export function readMailbox(text: string): Mailbox | undefined {
  const named = NAMED.exec(text);
  if (named) return { name: named[1]!, address: named[2]! };
  const bare = BARE.exec(text);
  return bare ? { name: '', address: bare[1]! } : undefined;
}
