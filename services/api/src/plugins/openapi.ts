import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { answerHeadersOf } from '../openapi/answer-headers.ts';
import { completeDocument, HEADERS, PROBLEMS } from '../openapi/complete-document.ts';
import { isGuarded, possibleProblems } from '../openapi/possible-problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A body that is streamed, and so has no schema to be validated by. */
    documentedBody?: { content: Record<string, { schema: unknown }> };
  }
}

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
          description:
            'Mentoring sessions: one by one, or many at once from a CSV file.\n\n' +
            'Every answer bears an `X-Request-Id`. An answer that is not a success is a problem (RFC 9457) whose ' +
            '`code` tells programs what happened; each operation names its own. One belongs to no operation: under a ' +
            'known address, a method that is not offered there is answered with 405, `METHOD_NOT_ALLOWED`, and an ' +
            '`Allow` that lists those that are. What belongs to another organisation is not found.',
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
          { name: 'operations', description: 'What operators see and mend, of all organisations' },
          { name: 'health', description: 'For load balancers and operators' },
        ],
        components: {
          securitySchemes: {
            bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
            basic: { type: 'http', scheme: 'basic', description: 'e-mail and password, in UTF-8' },
          },
        },
      },
      transform: ({ url, route }) => ({ url, schema: describe(route) }),
      transformObject: (document) =>
        'openapiObject' in document ? completeDocument(document.openapiObject) : document.swaggerObject,
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

function describe(route: RouteOptions): FastifySchema & { [PROBLEMS]?: unknown; [HEADERS]?: unknown } {
  const { url, schema, config } = route;
  if (!schema || schema.hide) return { hide: true };
  return {
    ...schema,
    security: isGuarded(url) ? [{ bearer: [] }, ...(config?.basicAllowed ? [{ basic: [] }] : [])] : [],
    ...(config?.documentedBody ? { body: config.documentedBody } : {}),
    [PROBLEMS]: possibleProblems(route),
    [HEADERS]: answerHeadersOf(route),
  };
}
