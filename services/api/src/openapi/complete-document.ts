import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { ErrorCode } from '@mentorline/runtime';
import { ANSWER_HEADERS } from './answer-headers.ts';
import { EXAMPLES } from './examples.ts';
import { Problem, problemExamples, problemResponses } from './problem.ts';

type Json = Record<string, unknown>;

/** What of the document is completed here. */
interface Document {
  paths?: object;
  components?: object;
}

/** Under these stand values, not schemas. */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Swagger gives every answer a body. */
const WITHOUT_BODY = new Set(['204', '304']);

/** Of an operation: the codes that it may answer, and the headers of its successes, until they become its answers. */
export const PROBLEMS = 'x-problems';
export const HEADERS = 'x-headers';

/**
 * Gives the document what its routes cannot say one by one: a schema with a title becomes a component of that name,
 * with its example; the codes and headers of each operation become its answers.
 * @throws when two different schemas bear the same title, or one has no example, which is a bug
 */
export function completeDocument<Doc extends Document>(document: Doc): Doc {
  const schemas: Json = {};
  const named = nameSchemas({ Problem, ...document.paths }, schemas) as Json;
  const { Problem: _, ...paths } = named;
  const used = new Set<ErrorCode>();
  for (const path of Object.values(paths) as Json[]) {
    for (const operation of Object.values(path) as (Json & { responses: Json })[]) {
      const {
        [PROBLEMS]: codes,
        [HEADERS]: headers = [],
        ...rest
      } = operation as { [PROBLEMS]?: ErrorCode[]; [HEADERS]?: string[] } & typeof operation;
      if (!codes) continue;
      delete operation[PROBLEMS];
      delete operation[HEADERS];
      for (const code of codes) used.add(code);
      operation.responses = { ...problemResponses(codes), ...described(rest.responses, headers) };
    }
  }
  return {
    ...document,
    paths,
    components: {
      ...document.components,
      schemas: sorted(schemas),
      headers: ANSWER_HEADERS,
      examples: problemExamples([...used].sort()),
    },
  };
}

function nameSchemas(value: unknown, schemas: Json): unknown {
  if (Array.isArray(value)) return value.map((item) => nameSchemas(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const { title } = value as Json;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, VALUES.has(key) ? inner : nameSchemas(inner, schemas)]),
  );
  if (typeof title !== 'string') return copy;
  const { title: _, ...schema } = copy;
  if (!(title in EXAMPLES)) throw new Error(`The schema ${title} has no example`);
  schema.examples = [EXAMPLES[title]];
  if (title in schemas && !isDeepStrictEqual(schemas[title], schema)) {
    throw new Error(`Two different schemas have the title ${title}`);
  }
  schemas[title] = schema;
  return { $ref: `#/components/schemas/${title}` };
}

/** Names the success where its route has not said more, and its headers. */
function described(responses: Json, names: readonly string[]): Json {
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const { description, content, ...other } = response as Json;
      const isSaid = description !== 'Default Response';
      const rest = WITHOUT_BODY.has(status) ? other : { content, ...other };
      const told = names.length > 0 ? { headers, ...rest } : rest;
      return [status, { description: isSaid ? description : STATUS_CODES[status], ...told }];
    }),
  );
}

function sorted(object: Json): Json {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
