import type { FastifySchemaCompiler } from 'fastify';
import fp from 'fastify-plugin';
import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/** Bodies are taken as they are; what comes as text (query, path, headers) is converted and given its defaults. */
const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (value: unknown) => {
    const read = httpPart === 'body' ? value : readTexts(schema, value);
    return check.Check(read) ? { value: read } : { error: check.Errors(read) as unknown as Error };
  };
};

/** What each type looks like as text; the library would also read `true` as a number and `1` as true. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  integer: /^-?\d+$/u,
  number: /^-?\d+(?:\.\d+)?$/u,
  boolean: /^(?:true|false)$/u,
};

function readTexts(schema: TSchema, value: unknown): unknown {
  const texts = value as Record<string, unknown>;
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  const misread = Object.entries(texts).filter(([name, text]) => {
    const form = TEXTS[properties[name]?.type ?? ''];
    return form !== undefined && typeof text === 'string' && !form.test(text);
  });
  const read = Value.Convert(schema, Value.Default(schema, { ...texts })) as Record<string, unknown>;
  return misread.length === 0 ? read : { ...read, ...Object.fromEntries(misread) };
}

const NoQuery = Type.Object({}, { additionalProperties: false });

/**
 * The schemas of the routes are TypeBox's: its types, its validator and the OpenAPI document come from one source.
 * A route that declares no query takes none. Registered before the routes, which it watches being added.
 */
export const validation = fp(
  async (app) => {
    app.setValidatorCompiler(compileSchema);
    app.addHook('onRoute', (route) => {
      if (route.url.startsWith('/v1/')) route.schema = { querystring: NoQuery, ...route.schema };
    });
  },
  { name: 'validation' },
);
