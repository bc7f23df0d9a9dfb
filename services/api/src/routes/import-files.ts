import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { sessionSample, userSample, writeCorrections } from '@mentorline/csv';
import { AppError, DAY_MS } from '@mentorline/runtime';
import { type Import, type Store, statusMessage, type User } from '@mentorline/store';
import { organisationOf } from '../accounts/organisation-of.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { CsvFile, OPENED_IN_BROWSERS } from '../http/csv-file.ts';
import { IdParams } from '../http/id-params.ts';
import { Query } from '../http/paging.ts';
import { findImport } from '../imports/find-import.ts';
import { reportOfResults } from '../imports/report-of-results.ts';
import { refuseUnlessAllowed, UploadKindField } from '../imports/upload-kinds.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

// A sample is there to be tried out: its sessions lie far enough ahead.
const SAMPLE_LEAD_MS = 7 * DAY_MS;

/** The files of an import to download, streamed. */
export function importFileRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store, now } = deps;

  const findEnded = async (id: string, user: User): Promise<Import> => {
    const found = await findImport(store, id, user);
    if (found.finishedAt) return found;
    throw new AppError('REPORT_NOT_READY', 'The report is made when the import has ended');
  };

  return async (app) => {
    app.addHook('onRequest', requireRole('session_manager', 'org_admin'));

    app.get(
      '/v1/imports/sample.csv',
      {
        config: OPENED_IN_BROWSERS,
        schema: {
          operationId: 'getSample',
          tags: ['imports'],
          summary: 'A file to start from, with the custom columns of the organisation',
          querystring: Query({ kind: UploadKindField }),
          response: CsvFile('the sample'),
        },
      },
      async (request, reply) => {
        const user = userOf(request);
        const { kind = 'sessions' } = request.query;
        refuseUnlessAllowed(user, kind);
        const { customFields } = await organisationOf(store, user);
        const sample =
          kind === 'users' ? userSample() : sessionSample(customFields, now().getTime() + SAMPLE_LEAD_MS);
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', attachmentHeader(`${kind}-sample.csv`))
          .send(sample);
      },
    );

    app.get(
      '/v1/imports/:id/report.csv',
      {
        config: { ...OPENED_IN_BROWSERS, problems: ['REPORT_NOT_READY'] },
        schema: {
          operationId: 'getReport',
          tags: ['imports'],
          summary: 'The uploaded file with what became of each row',
          params: IdParams,
          response: CsvFile('the report'),
        },
      },
      async (request, reply) => {
        const found = await findEnded(request.params.id, userOf(request));
        const { report, fileName, status, partitions } = found;
        if (!report && status === 'failed' && partitions > 0) {
          return reply
            .type('text/csv; charset=utf-8')
            .header('content-disposition', besideUpload(fileName, 'report'))
            .send(Readable.from(await reportOfResults({ store }, found)));
        }
        if (!report) {
          const how = status === 'failed' ? 'failed as a whole' : 'was cancelled before it began';
          throw new AppError('NOT_FOUND', `The import ${how}; it has no report`);
        }
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-length', report.sizeBytes)
          .header('content-disposition', besideUpload(fileName, 'report'))
          .send(store.files.readFile(report.fileId));
      },
    );

    app.get(
      '/v1/imports/:id/source.csv',
      {
        config: OPENED_IN_BROWSERS,
        schema: {
          operationId: 'getSource',
          tags: ['imports'],
          summary: 'The uploaded file, byte by byte as it came',
          params: IdParams,
          response: CsvFile('the file'),
        },
      },
      async (request, reply) => {
        const { fileId, fileName, sizeBytes, encoding } = await findImport(
          store,
          request.params.id,
          userOf(request),
        );
        if (!fileId)
          throw new AppError('NOT_FOUND', 'The import undoes another one; no file was uploaded for it');
        return reply
          .type(`text/csv; charset=${encoding}`)
          .header('content-length', sizeBytes)
          .header('content-disposition', attachmentHeader(fileName))
          .send(store.files.readFile(fileId));
      },
    );

    app.get(
      '/v1/imports/:id/corrections.csv',
      {
        config: { ...OPENED_IN_BROWSERS, problems: ['REPORT_NOT_READY'] },
        schema: {
          operationId: 'getCorrections',
          tags: ['imports'],
          summary: 'Only the invalid rows, with what is wrong, to be corrected and uploaded again',
          params: IdParams,
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
