import type { FastifySchemaCompiler } from 'fastify';
import fp from 'fastify-plugin';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/** Bodies are taken as they are; what comes as text (query, path, headers) is converted and given its defaults. */
const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (value: unknown) => {
    const read = httpPart === 'body' ? value : Value.Convert(schema, Value.Default(schema, value));
    return check.Check(read) ? { value: read } : { error: check.Errors(read) as unknown as Error };
  };
};

/** The schemas of the routes are TypeBox's: its types, its validator and the OpenAPI document come from one source. */
export const validation = fp(
  async (app) => {
    app.setValidatorCompiler(compileSchema);
  },
  { name: 'validation' },
);
