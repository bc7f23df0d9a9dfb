import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { sampleCsv, writeCorrections } from '@mentorline/csv';
import { IMPORT_STATUSES, ROW_STATUSES } from '@mentorline/domain';
import type { JobQueues } from '@mentorline/jobs';
import { AppError, DAY_MS } from '@mentorline/runtime';
import {
  type Import,
  type RowCounts,
  type RowResult,
  type Store,
  statusMessage,
  type User,
} from '@mentorline/store';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { acceptUpload, type IncomingUpload, UploadFields } from '../accept-upload.ts';
import { attachmentHeader } from '../attachment-header.ts';
import { organisationOf } from '../organisation-of.ts';
import { cutPage, Page, PageQuery, readCursor } from '../paging.ts';
import { requireRole, userOf } from '../plugins/auth.ts';
import { countDone, ImportView, presentImports, presentRow, RowView } from '../present-import.ts';
import { drain } from '../receive-upload.ts';

const IdText = Type.String({ pattern: '^[0-9a-f]{24}$' });
const ImportPlace = Type.Object({ acceptedAt: Type.String({ format: 'date-time' }), id: IdText });
const RowPlace = Type.Object({ row: Type.Integer({ minimum: 0 }) });
const CsvFile = (description: string) => ({
  200: {
    description,
    content: { 'text/csv': { schema: Type.Unsafe<Buffer | Readable>({ type: 'string' }) } },
  },
});
const UPLOAD_BODY = {
  content: {
    'multipart/form-data': {
      schema: Type.Object({
        file: Type.String({ format: 'binary', description: 'the CSV' }),
        kind: UploadFields.properties.kind,
        mode: UploadFields.properties.mode,
      }),
    },
    'text/csv': { schema: Type.String({ description: 'the CSV itself; the fields go into the query' }) },
  },
};
const ROW_STATUS_NAMES = ROW_STATUSES.map((status) => status.toLowerCase() as Lowercase<typeof status>);
// A sample is there to be tried out: its sessions lie far enough ahead.
const SAMPLE_LEAD_MS = 7 * DAY_MS;

export function importRoutes(deps: {
  store: Store;
  queues: JobQueues;
  now: () => Date;
  maxUploadBytes: number;
}): FastifyPluginAsyncTypebox {
  const { store, now } = deps;

  const findImport = async (id: string, user: User): Promise<Import> => {
    const found = await store.imports.findImport(id, user.organisationId);
    if (!found) throw new AppError('NOT_FOUND', 'There is no such import');
    return found;
  };
  const findEnded = async (id: string, user: User): Promise<Import> => {
    const found = await findImport(id, user);
    if (found.finishedAt) return found;
    throw new AppError('REPORT_NOT_READY', 'The report is made when the import has ended');
  };
  const present = async (found: Import) => (await presentImports(deps, [found]))[0]!;

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
        config: { documentedBody: UPLOAD_BODY },
        schema: {
          operationId: 'createImport',
          tags: ['imports'],
          summary: 'Uploads a CSV of sessions; it is checked while it streams in and worked off afterwards',
          querystring: UploadFields,
          response: { 202: ImportView },
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        try {
          const organisation = await organisationOf(store, user);
          const accepted = await acceptUpload(
            deps,
            { user, organisation },
            incomingUpload(request, request.query),
          );
          return reply
            .code(202)
            .header('location', `/v1/imports/${accepted.id}`)
            .send(await present(accepted));
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
          querystring: Type.Object({ status: Type.Optional(Type.Enum([...IMPORT_STATUSES])), ...PageQuery }),
          response: { 200: Page(ImportView) },
        },
      },
      async (request) => {
        const { status, limit = 20, cursor } = request.query;
        const place = readCursor(ImportPlace, cursor);
        const { items, total } = await store.imports.listImports(userOf(request).organisationId, {
          ...(status ? { status } : {}),
          ...(place ? { after: { acceptedAt: new Date(place.acceptedAt), id: place.id } } : {}),
          limit: limit + 1,
        });
        const { page, nextCursor } = cutPage(items, limit, ({ acceptedAt, id }) => ({ acceptedAt, id }));
        return { items: await presentImports(deps, page), nextCursor, total };
      },
    );

    app.get(
      '/v1/imports/sample.csv',
      {
        schema: {
          operationId: 'getSample',
          tags: ['imports'],
          summary: 'A file to start from, with the custom columns of the organisation',
          response: CsvFile('the sample'),
        },
      },
      async (request, reply) => {
        const { customFields } = await organisationOf(store, userOf(request));
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', attachmentHeader('sessions-sample.csv'))
          .send(sampleCsv(customFields, now().getTime() + SAMPLE_LEAD_MS));
      },
    );

    app.get(
      '/v1/imports/:id',
      {
        schema: {
          operationId: 'getImport',
          tags: ['imports'],
          summary: 'How far an import has come, and what became of it',
          params: Type.Object({ id: IdText }),
          response: { 200: ImportView },
        },
      },
      async (request) => present(await findImport(request.params.id, userOf(request))),
    );

    app.get(
      '/v1/imports/:id/rows',
      {
        schema: {
          operationId: 'listRows',
          tags: ['imports'],
          summary: 'The results of the rows, in their order; while it runs, those that are there so far',
          params: Type.Object({ id: IdText }),
          querystring: Type.Object({ status: Type.Optional(Type.Enum(ROW_STATUS_NAMES)), ...PageQuery }),
          response: { 200: Page(RowView) },
        },
      },
      async (request) => {
        const { status: name, limit = 20, cursor } = request.query;
        const place = readCursor(RowPlace, cursor);
        const found = await findImport(request.params.id, userOf(request));
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

    app.get(
      '/v1/imports/:id/report.csv',
      {
        schema: {
          operationId: 'getReport',
          tags: ['imports'],
          summary: 'The uploaded file with what became of each row',
          params: Type.Object({ id: IdText }),
          response: CsvFile('the report'),
        },
      },
      async (request, reply) => {
        const { report, fileName } = await findEnded(request.params.id, userOf(request));
        if (!report) throw new AppError('NOT_FOUND', 'The import failed as a whole; it has no report');
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-length', report.sizeBytes)
          .header('content-disposition', besideUpload(fileName, 'report'))
          .send(store.files.readFile(report.fileId));
      },
    );

    app.get(
      '/v1/imports/:id/corrections.csv',
      {
        schema: {
          operationId: 'getCorrections',
          tags: ['imports'],
          summary: 'Only the invalid rows, with what is wrong, to be corrected and uploaded again',
          params: Type.Object({ id: IdText }),
          response: CsvFile('the invalid rows'),
        },
      },
      async (request, reply) => {
        const { id, partitions, header, rows, fileName } = await findEnded(
          request.params.id,
          userOf(request),
        );
        if (!rows?.invalid) throw new AppError('NOT_FOUND', 'No row of the import is invalid');
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', besideUpload(fileName, 'corrections'))
          .send(Readable.from(writeCorrections(header, invalidRows(store, id, partitions))));
      },
    );
  };
}

async function* invalidRows(store: Store, importId: string, partitions: number) {
  for await (const result of store.results.readResults(importId, partitions, { status: 'Invalid' })) {
    yield { cells: result.cells, message: statusMessage(result) };
  }
}

/** Names a file after the one it was made from. */
function besideUpload(fileName: string, what: 'report' | 'corrections'): string {
  return attachmentHeader(`${fileName.replace(/\.csv$/iu, '')}-${what}.csv`);
}

function incomingUpload(request: FastifyRequest, fields: IncomingUpload['fields']): IncomingUpload {
  if (request.isMultipart()) return { kind: 'form', parts: request.parts(), fields };
  if (request.body) return { kind: 'raw', content: request.body as Readable, fields };
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send multipart/form-data with a file, or text/csv');
}
