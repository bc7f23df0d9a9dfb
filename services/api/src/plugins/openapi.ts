import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { ERROR_CODES } from '@mentorline/runtime';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { Fault } from '../http/fault.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A body that is streamed, and so has no schema to be validated by. */
    documentedBody?: { content: Record<string, { schema: unknown }> };
  }
}

const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.Enum(Object.keys(ERROR_CODES)),
    errors: Type.Array(Fault),
    requestId: Type.Union([Type.String(), Type.Null()]),
  },
  { description: 'RFC 9457' },
);
// The library's own one loads from elsewhere and turns plain http on a local network into https.
const DOCS_CSP = {
  'default-src': "'none'",
  'base-uri': "'self'",
  'connect-src': "'self'",
  'font-src': "'self' data:",
  'frame-ancestors': "'none'",
  'img-src': "'self' data:",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
};
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/**
 * The OpenAPI 3.1 document, made from the route schemas, at `/openapi.json`; a reference to browse at `/docs`,
 * served whole from here. Registered before the routes, which it watches being added.
 */
export const openapi = fp<{ publicUrl: string; version: string }>(
  async (app, { publicUrl, version }) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Mentorline',
          version,
          description: 'Mentoring sessions: one by one, or many at once from a CSV file.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: publicUrl }],
        tags: [
          { name: 'auth', description: 'Who is asking' },
          { name: 'sessions', description: 'Meetings of a mentor with mentees' },
          { name: 'audit', description: 'Who did what' },
          { name: 'directory', description: 'The people of an organisation' },
          { name: 'organisation', description: 'What an organisation decides for itself' },
          { name: 'imports', description: 'Sessions from a CSV file' },
          { name: 'health', description: 'For load balancers and operators' },
        ],
        components: {
          securitySchemes: {
            bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
            basic: { type: 'http', scheme: 'basic', description: 'e-mail and password, in UTF-8' },
          },
        },
      },
      transform: ({ schema, url, route }) => ({ url, schema: describe(schema, url, route.config) }),
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: DOCS_CSP,
      uiConfig: { deepLinking: true },
    });
    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  },
  { name: 'openapi' },
);

function describe(
  schema: FastifySchema | undefined,
  url: string,
  config: FastifyContextConfig | undefined,
): FastifySchema {
  if (!schema || schema.hide || !url.startsWith('/v1/')) return schema ?? { hide: true };
  const open = url.startsWith('/v1/auth/');
  return {
    ...schema,
    ...(open ? {} : { security: [{ bearer: [] }, ...(config?.basicAllowed ? [{ basic: [] }] : [])] }),
    ...(config?.documentedBody ? { body: config.documentedBody } : {}),
    response: {
      ...(schema.response as object),
      '4XX': problem('the request cannot be served as it is'),
      '5XX': problem('a fault on our side'),
    },
  };
}
