import { STATUS_CODES } from 'node:http';
import { ERROR_CODES, type ErrorCode } from '@mentorline/runtime';
import { Type } from 'typebox';
import { Fault } from '../http/fault.ts';

/** The body of every answer that is not a success. */
export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri', description: 'the code as a URI' }),
    title: Type.String({ description: 'the same for all problems of the code' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'what is wrong here, and what to do' }),
    code: Type.Enum(Object.keys(ERROR_CODES), { description: 'what programs decide by' }),
    errors: Type.Array(Fault, { description: 'each fault by itself; may be empty' }),
    requestId: Type.String({ description: 'names the request in our log' }),
  },
  { title: 'Problem', description: 'RFC 9457' },
);

const PROBLEM_REF = '#/components/schemas/Problem';
const REQUEST_ID = '0f0e5f0c-5c5a-4c39-9d8e-0f4a54a2b6f1';
const RETRY_AFTER = { description: 'seconds', schema: { type: 'integer' } };
const HEADERS: Readonly<Record<number, object>> = {
  401: {
    'WWW-Authenticate': { description: 'how to sign in (RFC 9110)', schema: { type: 'string' } },
  },
  429: { 'Retry-After': RETRY_AFTER },
  503: { 'Retry-After': RETRY_AFTER },
};

/** One example for each code, for `components.examples`. */
export function problemExamples(codes: readonly ErrorCode[]): Record<string, object> {
  return Object.fromEntries(
    codes.map((code) => {
      const { status, title } = ERROR_CODES[code];
      const type = `urn:mentorline:error:${code}`;
      const value = { type, title, status, detail: title, code, errors: [], requestId: REQUEST_ID };
      return [code, { summary: title, value }];
    }),
  );
}

/** The answers that carry these codes, by status. */
export function problemResponses(codes: readonly ErrorCode[]): Record<string, object> {
  const statusOf = (code: ErrorCode): number => ERROR_CODES[code].status;
  return Object.fromEntries(
    [...new Set(codes.map(statusOf))].map((status) => {
      const group = codes.filter((code) => statusOf(code) === status);
      const answer = {
        description: `${STATUS_CODES[status]}: ${group.map((code) => `\`${code}\``).join(', ')}`,
        ...(HEADERS[status] ? { headers: HEADERS[status] } : {}),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [
                { $ref: PROBLEM_REF },
                { type: 'object', required: ['code'], properties: { code: { enum: group } } },
              ],
            },
            examples: Object.fromEntries(
              group.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
            ),
          },
        },
      };
      return [String(status), answer];
    }),
  );
}
