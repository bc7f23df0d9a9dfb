import type { Readable } from 'node:stream';
import type { Multipart } from '@fastify/multipart';
import { type Sheet, sessionSheet, USER_SHEET } from '@mentorline/csv';
import { formatDate, formatTime, zoneLabel } from '@mentorline/domain';
import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import {
  type AcceptedUpload,
  type Actor,
  type FinishedRequest,
  IMPORT_MODES,
  type Import,
  type Organisation,
  type Store,
  type User,
} from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { causeOf } from '../http/cause.ts';
import { readTexts } from '../http/read-texts.ts';
import { requestHash } from '../http/request-hash.ts';
import { schemaFaults } from '../http/schema-faults.ts';
import { keyReused } from '../plugins/idempotency.ts';
import { type ReceivedUpload, receiveUpload, unbroken } from './receive-upload.ts';
import { refuseUnlessAllowed, type UploadKind, UploadKindField, uploadableKinds } from './upload-kinds.ts';

/** What an upload says beside the file: as fields of the form, in any order, or in the query. */
export const UploadFields = Type.Object(
  {
    kind: UploadKindField,
    mode: Type.Optional(
      Type.Enum([...IMPORT_MODES], {
        default: 'apply',
        description: '`check` runs every rule and changes nothing',
      }),
    ),
    notify: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          '`false`: those in the sessions are not told of what the file does; reminders, and what is done later, are',
      }),
    ),
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

type Receive = (
  content: Readable,
  fileName: string | undefined,
  kinds: readonly UploadKind[],
) => Promise<ReceivedUpload<UploadKind>>;

interface Uploader {
  user: User;
  organisation: Organisation;
  actor: Actor;
  /** What an upload under the same idempotency key has become. */
  earlier?: FinishedRequest;
}

/**
 * Takes an upload in and queues its import. What this accepts will end, whatever is lost from here on: the wake-up
 * call may go astray, the dispatcher finds the import in the database.
 * @returns `repeated` where the same upload was accepted before, under the same key; this one is not kept
 * @throws AppError for a form or a file that is refused; nothing of it is kept then
 */
export async function acceptUpload(
  deps: AcceptDeps,
  by: Uploader,
  incoming: IncomingUpload,
): Promise<{ outcome: 'accepted'; accepted: Import } | { outcome: 'repeated' }> {
  const { store, queues, now } = deps;
  const { user, organisation, earlier } = by;
  const { id: organisationId, settings, customFields } = organisation;
  const sheets: Record<UploadKind, Sheet> = { sessions: sessionSheet(customFields), users: USER_SHEET };
  const receive: Receive = (content, fileName, kinds) => {
    const possible = new Map(kinds.map((kind) => [kind, sheets[kind]]));
    return receiveUpload(deps, { content, fileName, organisationId, sheets: possible });
  };
  const { received, kind, mode, notify } =
    incoming.kind === 'form'
      ? await readForm(store, incoming, user, receive)
      : await readRaw(incoming, user, receive);
  const at = now();
  const { fileId, fileName, sizeBytes, sha256 } = received;
  const { header, encoding, bom, delimiter } = received.checkedAs(kind);
  const bodyHash = requestHash({
    method: 'POST',
    url: 'upload',
    body: { kind, mode, notify, fileName, sha256 },
  });
  if (earlier) {
    await store.files.deleteFile(fileId);
    if (earlier.bodyHash !== bodyHash) throw keyReused();
    return { outcome: 'repeated' };
  }
  const sameBefore = await store.imports.findSameFile({ organisationId, sha256, kind, mode }, at);
  const accepted = await storeImport(
    store,
    withBody(by.actor, bodyHash),
    {
      organisationId,
      uploadedBy: { userId: user.id, name: user.name, email: user.email },
      kind,
      mode,
      notify,
      fileName,
      fileId,
      sizeBytes,
      sha256,
      encoding,
      bom,
      delimiter,
      header,
      warnings: [...header.warnings, ...(sameBefore ? [sameFile(sameBefore, settings.timeZone)] : [])],
      settings,
      customFields,
      cause: causeOf(by.actor),
    },
    at,
  );
  await queues.enqueue('run-import', { importId: accepted.id }, 0);
  return { outcome: 'accepted', accepted };
}

/** Import, idempotency key and audit entry are there together, or none of them. */
async function storeImport(
  store: Store,
  actor: Actor,
  upload: AcceptedUpload & { fileId: string },
  at: Date,
): Promise<Import> {
  try {
    return await store.transaction(async (transaction) => {
      const accepted = await store.imports.acceptImport(upload, at, transaction);
      await store.audit.noteWrite(transaction, actor, {
        ...{ at, action: 'import.created', target: { kind: 'import', id: accepted.id } },
      });
      return accepted;
    });
  } catch (error) {
    // Ours, so the transaction was rolled back; of any other it is not known, and the file may be needed.
    if (error instanceof AppError) await store.files.deleteFile(upload.fileId);
    throw error;
  }
}

function withBody({ claim, ...actor }: Actor, bodyHash: string): Actor {
  return claim ? { ...actor, claim: { ...claim, bodyHash } } : actor;
}

function sameFile({ id, acceptedAt }: Import, zone: string): string {
  const at = acceptedAt.getTime();
  const time = `${formatDate(at, zone)} ${formatTime(at, zone)} ${zoneLabel(zone)}`;
  return `The same file was uploaded at ${time} as import ${id}`;
}

async function readRaw(
  { content, fields }: Extract<IncomingUpload, { kind: 'raw' }>,
  user: User,
  receive: Receive,
) {
  const { kind = 'sessions', mode = 'apply', notify = true, fileName } = fields;
  refuseUnlessAllowed(user, kind);
  return { received: await receive(content, fileName, [kind]), kind, mode, notify };
}

async function readForm(
  store: Pick<Store, 'files'>,
  form: Extract<IncomingUpload, { kind: 'form' }>,
  user: User,
  receive: Receive,
) {
  // A field that says which of them it is may come after the file.
  const kinds = uploadableKinds(user);
  const fields: Record<string, unknown> = { ...form.fields };
  let received: ReceivedUpload<UploadKind> | undefined;
  try {
    for await (const part of unbroken(form.parts)) {
      if (part.type === 'field') fields[part.fieldname] = part.value;
      else if (received || part.fieldname !== 'file') throw refusedPart(part.fieldname);
      else {
        // Said before the file it is refused for that, and not for columns that it has not as another kind.
        if (fields.kind === 'users') refuseUnlessAllowed(user, fields.kind);
        received = await receive(part.file, part.filename, kinds);
      }
    }
    if (!received) throw new AppError('FILE_MISSING', 'Send the CSV as the form field "file"');
    const { kind = 'sessions', mode = 'apply', notify = true } = checkFields(fields);
    refuseUnlessAllowed(user, kind);
    received.checkedAs(kind);
    return { received, kind, mode, notify };
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

function checkFields(texts: Record<string, unknown>): UploadFields {
  const fields = readTexts(UploadFields, texts);
  if (Value.Check(UploadFields, fields)) return fields;
  throw new AppError('VALIDATION_FAILED', 'The fields of the form do not fit the schema; see errors', {
    faults: schemaFaults(Value.Errors(UploadFields, fields)),
  });
}
