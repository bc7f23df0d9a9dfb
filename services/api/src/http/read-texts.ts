import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** What each type looks like as text; the library would also read `true` as a number and `1` as true. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  integer: /^-?\d+$/u,
  number: /^-?\d+(?:\.\d+)?$/u,
  boolean: /^(?:true|false)$/u,
};

/** Values that came as text (of a query, of a form) as the types of their properties; what does not fit stays as it is. */
export function readTexts(schema: TSchema, value: unknown): unknown {
  const texts = value as Record<string, unknown>;
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  const misread = Object.entries(texts).filter(([name, text]) => {
    const form = TEXTS[properties[name]?.type ?? ''];
    return form !== undefined && typeof text === 'string' && !form.test(text);
  });
  const read = Value.Convert(schema, Value.Default(schema, { ...texts })) as Record<string, unknown>;
  return misread.length === 0 ? read : { ...read, ...Object.fromEntries(misread) };
}
