import type { Readable } from 'node:stream';
import type { Multipart } from '@fastify/multipart';
import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import type { Import, Organisation, Store, User } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type ReceivedUpload, receiveUpload, unbroken } from './receive-upload.ts';
import { schemaFaults } from './schema-faults.ts';

/** What an upload says beside the file: as fields of the form, in any order, or in the query. */
export const UploadFields = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['sessions'], { default: 'sessions' })),
    mode: Type.Optional(Type.Enum(['apply'], { default: 'apply' })),
    fileName: Type.Optional(Type.String({ maxLength: 1000, description: 'of a raw upload' })),
  },
  { additionalProperties: false },
);
type UploadFields = Static<typeof UploadFields>;

interface AcceptDeps {
  store: Store;
  queues: Pick<JobQueues, 'enqueue'>;
  now: () => Date;
  maxUploadBytes: number;
}

export type IncomingUpload =
  | { kind: 'form'; parts: AsyncIterable<Multipart>; fields: UploadFields }
  | { kind: 'raw'; content: Readable; fields: UploadFields };

/**
 * Takes an upload in and queues its import. What this returns will end, whatever is lost from here on: the wake-up
 * call may go astray, the dispatcher finds the import in the database.
 * @throws AppError for a form or a file that is refused; nothing of it is kept then
 */
export async function acceptUpload(
  deps: AcceptDeps,
  by: { user: User; organisation: Organisation },
  incoming: IncomingUpload,
): Promise<Import> {
  const { store, queues, now } = deps;
  const { user, organisation } = by;
  const { id: organisationId, settings, customFields } = organisation;
  const receive = (content: Readable, fileName: string | undefined) =>
    receiveUpload(deps, { content, fileName, organisationId, customFields });

  const { received, fields } =
    incoming.kind === 'form'
      ? await readForm(store, incoming, receive)
      : {
          received: await receive(incoming.content, incoming.fields.fileName),
          fields: incoming.fields,
        };
  const { fileId, fileName, sizeBytes, sha256, encoding, bom, delimiter, header } = received;
  const accepted = await store.imports.acceptImport(
    {
      organisationId,
      uploadedBy: { userId: user.id, name: user.name, email: user.email },
      kind: fields.kind ?? 'sessions',
      mode: fields.mode ?? 'apply',
      fileName,
      fileId,
      sizeBytes,
      sha256,
      encoding,
      bom,
      delimiter,
      header,
      warnings: [...header.warnings],
      settings,
      customFields,
    },
    now(),
  );
  await queues.enqueue('run-import', { importId: accepted.id }, 0);
  return accepted;
}

async function readForm(
  store: Pick<Store, 'files'>,
  form: Extract<IncomingUpload, { kind: 'form' }>,
  receive: (content: Readable, fileName: string | undefined) => Promise<ReceivedUpload>,
): Promise<{ received: ReceivedUpload; fields: UploadFields }> {
  const fields: Record<string, unknown> = { ...form.fields };
  let received: ReceivedUpload | undefined;
  try {
    for await (const part of unbroken(form.parts)) {
      if (part.type === 'field') fields[part.fieldname] = part.value;
      else if (received || part.fieldname !== 'file') throw refusedPart(part.fieldname);
      else received = await receive(part.file, part.filename);
    }
    if (!received) throw new AppError('FILE_MISSING', 'Send the CSV as the form field "file"');
    return { received, fields: checkFields(fields) };
  } catch (error) {
    if (received) await store.files.deleteFile(received.fileId);
    throw error;
  }
}

function refusedPart(name: string): AppError {
  return new AppError('VALIDATION_FAILED', 'An upload has one file, in the form field "file"', {
    faults: [{ pointer: `/${name}`, code: 'FIELD_UNKNOWN', message: 'There is no further file here' }],
  });
}

function checkFields(fields: Record<string, unknown>): UploadFields {
  if (Value.Check(UploadFields, fields)) return fields;
  throw new AppError('VALIDATION_FAILED', 'The fields of the form do not fit the schema; see errors', {
    faults: schemaFaults(Value.Errors(UploadFields, fields)),
  });
}
