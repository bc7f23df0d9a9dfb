/** What Redis tells of itself, where it tells it. */
export interface RedisState {
  version: string | null;
  usedMemoryBytes: number | null;
  /** 0: no limit. */
  maxMemoryBytes: number | null;
  maxMemoryPolicy: string | null;
  appendOnly: boolean | null;
}

/** Of the answer to INFO; services that hide part of it leave that part unknown. */
export function readInfo(text: string): RedisState {
  const values = new Map(
    text.split(/\r?\n/u).flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );
  const number = (name: string): number | null => (values.has(name) ? Number(values.get(name)) : null);
  const appendOnly = number('aof_enabled');
  return {
    version: values.get('redis_version') ?? null,
    usedMemoryBytes: number('used_memory'),
    maxMemoryBytes: number('maxmemory'),
    maxMemoryPolicy: values.get('maxmemory_policy') ?? null,
    appendOnly: appendOnly === null ? null : appendOnly === 1,
  };
}
