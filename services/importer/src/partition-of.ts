/**
 * The partition that decides a row. All rows of one mentor (lower-case address) fall into one, so that they are
 * decided in file order; a row without a mentor conflicts with nothing and is spread by its number.
 * The hash (FNV-1a, 32 bits) is part of what is stored: an import that is resumed must be split the same way.
 */
export function partitionOf(mentor: string, row: number, partitions: number): number {
  if (mentor === '') return row % partitions;
  let hash = 0x811c9dc5;
  for (let i = 0; i < mentor.length; i += 1) hash = Math.imul(hash ^ mentor.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}
