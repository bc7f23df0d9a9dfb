/**
 * Every fault the gateway answers with, in one table: HTTP status and title (RFC 9457).
 * `docs/errors.md` lists the same codes; a test holds the two together.
 */
export const ERROR_CODES = {
  VALIDATION_FAILED: { status: 422, title: 'Some fields are not valid' },
  BODY_INVALID: { status: 400, title: 'The request cannot be read' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'This content type is not accepted here' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The request is too large' },
  CREDENTIALS_INVALID: { status: 401, title: 'E-mail or password is wrong' },
  UNAUTHENTICATED: { status: 401, title: 'Sign in first' },
  FORBIDDEN: { status: 403, title: 'Your roles do not allow this' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This method is not offered here' },
  MENTOR_SLOT_TAKEN: { status: 409, title: 'The mentor already has a session then' },
  SESSION_LOCKED: { status: 409, title: 'The session can no longer be changed like this' },
  SEATS_FULL: { status: 409, title: 'Session seats full' },
  PRECONDITION_FAILED: { status: 412, title: 'The session has been changed since' },
  IMPORT_ENDED: { status: 409, title: 'The import has ended' },
  UNDO_NOT_POSSIBLE: { status: 409, title: 'The import cannot be undone' },
  REPORT_NOT_READY: { status: 409, title: 'The import is still running' },
  FILE_MISSING: { status: 422, title: 'The upload carries no file' },
  IMAGE_INVALID: { status: 422, title: 'The image cannot be used' },
  FILE_NOT_TEXT: { status: 422, title: 'The file is not a CSV file' },
  FILE_ENCODING_INVALID: { status: 422, title: 'The file is not valid text' },
  FILE_EMPTY: { status: 422, title: 'The file has no rows' },
  HEADER_INVALID: { status: 422, title: 'The header cannot be read' },
  COLUMN_MISSING: { status: 422, title: 'A mandatory column is missing' },
  COLUMN_DUPLICATE: { status: 422, title: 'A column stands in the header twice' },
  QUOTE_BROKEN: { status: 422, title: 'A quoted cell is broken' },
  RECORD_TOO_LARGE: { status: 422, title: 'A record is too large' },
  TOO_MANY_ROWS: { status: 422, title: 'The file has too many rows' },
  FILE_DAMAGED: { status: 500, title: 'The stored file is damaged' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side' },
  UNAVAILABLE: { status: 503, title: 'Temporarily not available' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
