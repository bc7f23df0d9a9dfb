import createFetchClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.ts';

export type { components, operations, paths } from './schema.ts';

type Schemas = components['schemas'];
export type Import = Schemas['Import'];
export type ImportRow = Schemas['ImportRow'];
export type Problem = Schemas['Problem'];
export type Session = Schemas['Session'];
export type SessionInput = Schemas['SessionInput'];

export type MentorlineClient = Client<paths>;

/**
 * The calls of the gateway, typed by its OpenAPI document: `client.GET('/v1/sessions/{id}', …)` returns `data`, or
 * `error` with the problem, beside the `response`. It throws only where there is no answer.
 *
 * A body that holds a file is sent as a form; text and a file alone go out as they are, and need a `content-type`.
 * @param options.accessToken asked for each call, so that a refreshed one is used from then on
 * @param options.fetch in place of the global one
 */
export function createClient(options: {
  baseUrl: string;
  accessToken?: () => string | Promise<string>;
  fetch?: (request: Request) => Promise<Response>;
}): MentorlineClient {
  const { accessToken, ...given } = options;
  const client = createFetchClient<paths>({ ...given, bodySerializer: serializeBody });
  if (accessToken) {
    client.use({
      async onRequest({ request }) {
        if (!request.headers.has('authorization')) {
          request.headers.set('authorization', `Bearer ${await accessToken()}`);
        }
        return request;
      },
    });
  }
  return client;
}

function serializeBody(body: unknown): unknown {
  if (typeof body === 'string' || body instanceof Blob || body instanceof FormData) return body;
  const fields = Object.entries(body as Record<string, unknown>);
  if (!fields.some(([, value]) => value instanceof Blob)) return JSON.stringify(body);
  const form = new FormData();
  for (const [name, value] of fields) {
    if (value instanceof Blob) form.set(name, value);
    else if (value !== undefined) form.set(name, String(value));
  }
  return form;
}
