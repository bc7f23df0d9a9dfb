/** Without outer white space, no-break and zero-width spaces included; joiners stay, scripts need them. */
export function trimmed(text: string): string {
  let result = text.trim();
  while (isZeroWidth(result, 0)) result = result.slice(1).trimStart();
  while (isZeroWidth(result, result.length - 1)) result = result.slice(0, -1).trimEnd();
  return result;
}

/** Zero width space and word joiner; the byte order mark counts as white space already. */
function isZeroWidth(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 0x200b || code === 0x2060;
}

/** Whether the text has more than `limit` characters, counted as Unicode code points. */
export function isLongerThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > limit * 2) return true;
  let count = 0;
  for (const _ of text) count += 1;
  return count > limit;
}

/** Control characters, and halves of surrogate pairs, which no store keeps as they are. */
export function hasControls(text: string): boolean {
  return /[\p{Cc}\p{Cs}]/u.test(text);
}

/** The same, line breaks and tabs aside. */
export function hasControlsBesideLayout(text: string): boolean {
  return /[^\P{Cc}\n\r\t]|\p{Cs}/u.test(text);
}

const LONGEST_ADDRESS = 254;
/** RFC 5321 sizes; any script (RFC 6531); no quoted local parts, which no mail system here uses. */
const ADDRESS =
  /^[^\s@,;:<>()[\]\\"\p{Cc}\p{Cf}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,62})\.)+[\p{L}\p{M}\p{N}-]{2,63}$/u;

export function isEmail(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && ADDRESS.test(text);
}
