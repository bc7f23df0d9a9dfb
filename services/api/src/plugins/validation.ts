import type { FastifySchemaCompiler } from 'fastify';
import fp from 'fastify-plugin';
import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { readTexts } from '../http/read-texts.ts';
import { MOST_FAULTS } from '../http/schema-faults.ts';

/** Bodies are taken as they are; what comes as text (query, path, headers) is converted and given its defaults. */
const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (value: unknown) => {
    const read = httpPart === 'body' ? value : readTexts(schema, value);
    return check.Check(read) ? { value: read } : { error: check.Errors(read) as unknown as Error };
  };
};

const NoQuery = Type.Object({}, { additionalProperties: false });

/**
 * The schemas of the routes are TypeBox's: its types, its validator and the OpenAPI document come from one source.
 * A route that declares no query takes none. Registered before the routes, which it watches being added.
 */
// Of itself the library tells eight.
Settings.Set({ maxErrors: MOST_FAULTS });

export const validation = fp(
  async (app) => {
    app.setValidatorCompiler(compileSchema);
    app.addHook('onRoute', (route) => {
      if (route.url.startsWith('/v1/')) route.schema = { querystring: NoQuery, ...route.schema };
    });
  },
  { name: 'validation' },
);
