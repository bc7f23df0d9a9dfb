import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AppError } from '@mentorline/runtime';
import type { Store } from '@mentorline/store';
import { Type } from 'typebox';
import { actorOf } from '../http/actor.ts';
import { IdParams } from '../http/id-params.ts';
import { etagOf, IfMatch } from '../http/if-match.ts';
import { drain } from '../imports/receive-upload.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { presentSession, SessionView } from '../sessions/present-session.ts';
import { findSession, keptBy, scopesOf } from '../sessions/see-sessions.ts';
import {
  IMAGE_EXTENSIONS,
  MOST_IMAGE_BYTES,
  putImage,
  receiveImage,
  removeImage,
} from '../sessions/session-image.ts';

const IMAGE_BODY = {
  content: {
    'multipart/form-data': {
      schema: Type.Object({ image: Type.String({ format: 'binary', description: 'JPEG, PNG or WebP' }) }),
    },
  },
};
const Bytes = { schema: Type.Unsafe<Buffer | Readable>({ type: 'string', format: 'binary' }) };
/** Refused uploads are let run out for so long, as most clients read the answer only afterwards. */
const MOST_DRAINED_BYTES = 4 * MOST_IMAGE_BYTES;

/** The picture of a session. */
export function sessionImageRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store } = deps;
  return async (app) => {
    app.removeAllContentTypeParsers();
    await app.register(multipart, {
      throwFileSizeLimit: false,
      limits: { fileSize: MOST_IMAGE_BYTES, files: 2, fields: 5, fieldSize: 2_000 },
    });

    app.put(
      '/v1/sessions/:id/image',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        config: {
          problems: ['SESSION_LOCKED', 'FILE_MISSING', 'IMAGE_INVALID'],
          answerHeaders: ['ETag'],
          documentedBody: IMAGE_BODY,
        },
        schema: {
          operationId: 'putImage',
          tags: ['sessions'],
          summary: 'Gives a session that is not live yet a picture, in place of the one before',
          description:
            'At most 5 MiB and 40 million pixels. What the file is, its content says: neither its name nor its ' +
            'declared type. What follows the image in the file is not kept.',
          params: IdParams,
          headers: IfMatch,
          response: { 200: SessionView, 201: SessionView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const scopes = keptBy(user, 'managed');
        try {
          const session = await findSession(deps, request.params.id, scopes);
          if (!request.isMultipart()) {
            throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the image in a form (multipart/form-data)');
          }
          const bytes = await receiveImage(request.parts());
          const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
          const isNew = await putImage(deps, by, session, bytes);
          const changed = await findSession(deps, session.id, scopes);
          return reply
            .code(isNew ? 201 : 200)
            .header('etag', etagOf(changed))
            .send(await presentSession(store, user, changed));
        } catch (error) {
          drain(request.raw, MOST_DRAINED_BYTES);
          throw error;
        }
      },
    );

    app.get(
      '/v1/sessions/:id/image',
      {
        config: { answerHeaders: ['ETag'] },
        schema: {
          operationId: 'getImage',
          tags: ['sessions'],
          summary: 'The picture, for whoever may see the session',
          params: IdParams,
          headers: Type.Object({
            'if-none-match': Type.Optional(
              Type.String({ description: 'the `ETag` of the picture that is there' }),
            ),
          }),
          response: {
            200: {
              description: 'the picture',
              content: { 'image/jpeg': Bytes, 'image/png': Bytes, 'image/webp': Bytes },
            },
            304: { description: 'it is the one of `If-None-Match`' },
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { image } = await findSession(deps, id, await scopesOf(store, userOf(request)));
        if (!image) throw new AppError('NOT_FOUND', 'The session has no picture');
        const { fileId, contentType, sizeBytes } = image;
        const etag = `"${fileId}"`;
        // A picture may be kept by the browser, but shown only after asking whether its session may still be seen.
        reply.header('etag', etag).header('cache-control', 'private, no-cache');
        const known = request.headers['if-none-match'];
        if (known?.trim() === '*' || known?.includes(etag)) return reply.code(304).send();
        return reply
          .type(contentType)
          .header('content-length', sizeBytes)
          .header('content-disposition', `inline; filename="session-${id}.${IMAGE_EXTENSIONS[contentType]}"`)
          .send(store.files.readFile(fileId));
      },
    );

    app.delete(
      '/v1/sessions/:id/image',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        config: { problems: ['SESSION_LOCKED'] },
        schema: {
          operationId: 'deleteImage',
          tags: ['sessions'],
          summary: 'Takes the picture away from a session that is not live yet',
          params: IdParams,
          headers: IfMatch,
          response: { 204: { description: 'the session has no picture' } },
        },
      },
      async (request, reply) => {
        const session = await findSession(deps, request.params.id, keptBy(userOf(request), 'managed'));
        const by = { actor: actorOf(request), ifMatch: request.headers['if-match'] };
        await removeImage(deps, by, session);
        return reply.code(204).send();
      },
    );
  };
}
