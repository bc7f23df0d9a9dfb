import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IMPORT_STATUSES, ROW_STATUSES } from '@mentorline/domain';
import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import type { Import, RowCounts, RowResult, Store } from '@mentorline/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { actorOf } from '../http/actor.ts';
import { OPENED_IN_BROWSERS } from '../http/csv-file.ts';
import { IdParams, IdText } from '../http/id-params.ts';
import { Instant } from '../http/instant.ts';
import { cutPage, Page, PageQuery, Query, readCursor } from '../http/paging.ts';
import { acceptUpload, type IncomingUpload, UploadFields } from '../imports/accept-upload.ts';
import { findImport, visibleKinds } from '../imports/find-import.ts';
import { countDone, ImportView, presentImports, presentRow, RowView } from '../imports/present-import.ts';
import { drain } from '../imports/receive-upload.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { replay } from '../plugins/idempotency.ts';

const ImportPlace = Type.Object({ acceptedAt: Instant(), id: IdText });
const RowPlace = Type.Object({ row: Type.Integer({ minimum: 0 }) });
const SAMPLE_UPLOAD =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,Leading a school,How heads plan a year,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,' +
  'Teachers,Communication,English\n';
const UPLOAD_BODY = {
  content: {
    'multipart/form-data': {
      schema: Type.Object({
        file: Type.String({ format: 'binary', description: 'the CSV' }),
        kind: UploadFields.properties.kind,
        mode: UploadFields.properties.mode,
        notify: UploadFields.properties.notify,
      }),
    },
    'text/csv': {
      schema: Type.String({
        description: 'the CSV itself; the fields go into the query',
        examples: [SAMPLE_UPLOAD],
      }),
    },
  },
};
const ROW_STATUS_NAMES = ROW_STATUSES.map((status) => status.toLowerCase() as Lowercase<typeof status>);
export function importRoutes(deps: {
  store: Store;
  queues: JobQueues;
  now: () => Date;
  maxUploadBytes: number;
}): FastifyPluginAsyncTypebox {
  const { store } = deps;

  const present = async (found: Import) => (await presentImports(deps, [found]))[0]!;
  const answerAccepted = async (reply: FastifyReply, accepted: Import) =>
    reply
      .code(202)
      .header('location', `/v1/imports/${accepted.id}`)
      .send(await present(accepted));

  return async (app) => {
    app.addHook('onRequest', requireRole('session_manager', 'org_admin'));
    // Uploads are streamed: nothing here is parsed into memory.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
    // The size of the file is ours to limit, the same for forms and raw bodies.
    const limits = { fileSize: Number.POSITIVE_INFINITY, files: 2, fields: 10, fieldSize: 2_000 };
    await app.register(multipart, { throwFileSizeLimit: false, limits });

    app.post(
      '/v1/imports',
      {
        config: {
          documentedBody: UPLOAD_BODY,
          answerHeaders: ['Location'],
          problems: [
            'FILE_MISSING',
            'FILE_NOT_TEXT',
            'FILE_ENCODING_INVALID',
            'FILE_EMPTY',
            'HEADER_INVALID',
            'COLUMN_MISSING',
            'COLUMN_DUPLICATE',
            'RECORD_TOO_LARGE',
          ],
          bodyIsStreamed: true,
          answerAgain: async (request, reply, id) =>
            answerAccepted(reply, await findImport(store, id, userOf(request))),
        },
        schema: {
          operationId: 'createImport',
          tags: ['imports'],
          summary:
            'Uploads a CSV of sessions or users; it is checked while it streams in and worked off afterwards',
          querystring: UploadFields,
          response: { 202: ImportView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        try {
          const organisation = await organisationOf(store, user);
          const earlier = request.idempotency?.earlier;
          const upload = await acceptUpload(
            deps,
            { user, organisation, actor: actorOf(request), ...(earlier ? { earlier } : {}) },
            incomingUpload(request, request.query),
          );
          if (upload.outcome === 'repeated') return replay(request, reply, earlier!);
          request.log.info({ importId: upload.accepted.id }, 'import accepted');
          return answerAccepted(reply, upload.accepted);
        } catch (error) {
          drain(request.raw, deps.maxUploadBytes);
          throw error;
        }
      },
    );

    app.get(
      '/v1/imports',
      {
        schema: {
          operationId: 'listImports',
          tags: ['imports'],
          summary: 'The imports of the organisation, newest first',
          querystring: Query({
            status: Type.Optional(Type.Enum([...IMPORT_STATUSES], { description: 'all if left out' })),
            ...PageQuery,
          }),
          response: { 200: Page(ImportView) },
        },
      },
      async (request) => {
        const { status, limit = 20, cursor } = request.query;
        const place = readCursor(ImportPlace, cursor);
        const user = userOf(request);
        const { items, total } = await store.imports.listImports(user.organisationId, {
          kinds: visibleKinds(user),
          ...(status ? { status } : {}),
          ...(place ? { after: { acceptedAt: new Date(place.acceptedAt), id: place.id } } : {}),
          limit: limit + 1,
        });
        const { page, nextCursor } = cutPage(items, limit, ({ acceptedAt, id }) => ({ acceptedAt, id }));
        return { items: await presentImports(deps, page), nextCursor, total };
      },
    );

    app.get(
      '/v1/imports/:id',
      {
        config: OPENED_IN_BROWSERS,
        schema: {
          operationId: 'getImport',
          tags: ['imports'],
          summary: 'How far an import has come, and what became of it',
          params: IdParams,
          response: { 200: ImportView },
        },
      },
      async (request) => present(await findImport(store, request.params.id, userOf(request))),
    );

    app.get(
      '/v1/imports/:id/rows',
      {
        schema: {
          operationId: 'listRows',
          tags: ['imports'],
          summary: 'The results of the rows, in their order; while it runs, those that are there so far',
          params: IdParams,
          querystring: Query({
            status: Type.Optional(Type.Enum(ROW_STATUS_NAMES, { description: 'all if left out' })),
            ...PageQuery,
          }),
          response: { 200: Page(RowView) },
        },
      },
      async (request) => {
        const { status: name, limit = 20, cursor } = request.query;
        const place = readCursor(RowPlace, cursor);
        const found = await findImport(store, request.params.id, userOf(request));
        const status = ROW_STATUSES.find((known) => known.toLowerCase() === name);
        const results: RowResult[] = [];
        for await (const result of store.results.readResults(found.id, found.partitions, {
          ...(place ? { after: place.row } : {}),
          ...(status ? { status } : {}),
        })) {
          if (results.push(result) > limit) break;
        }
        const counts = found.rows ?? (await store.imports.countRows(found.id));
        const { page, nextCursor } = cutPage(results, limit, ({ row }) => ({ row }));
        return {
          items: page.map((result) => presentRow(result, found.header.names)),
          nextCursor,
          total: name ? counts[name satisfies keyof RowCounts] : countDone(counts),
        };
      },
    );
  };
}

function incomingUpload(request: FastifyRequest, fields: IncomingUpload['fields']): IncomingUpload {
  if (request.isMultipart()) return { kind: 'form', parts: request.parts(), fields };
  if (request.body) return { kind: 'raw', content: request.body as Readable, fields };
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send multipart/form-data with a file, or text/csv');
}
