import { createHash } from 'node:crypto';

/** Tells whether two requests ask for the same: method, address, and a body whose members may stand in any order. */
export function requestHash(request: { method: string; url: string; body: unknown }): string {
  const { method, url, body } = request;
  return createHash('sha256')
    .update(`${method} ${url}\n${canonicalJson(body)}`)
    .digest('base64url');
}

function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_name, part: unknown) =>
      part !== null && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? ''
  );
}
