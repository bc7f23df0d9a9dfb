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
  REFRESH_TOKEN_INVALID: { status: 401, title: 'The refresh token is not valid' },
  FORBIDDEN: { status: 403, title: 'Your roles do not allow this' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This method is not offered here' },
  LINK_INVALID: { status: 422, title: 'The link is not valid' },
  INVITATION_REFUSED: { status: 409, title: 'The user cannot be invited' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The Idempotency-Key belongs to another request' },
  IDEMPOTENCY_IN_FLIGHT: { status: 409, title: 'A request with this Idempotency-Key is still running' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  TOO_MANY_ATTEMPTS: { status: 429, title: 'Too many attempts' },
  MENTOR_SLOT_TAKEN: { status: 409, title: 'The mentor already has a session then' },
  IMPORT_ENDED: { status: 409, title: 'The import has ended' },
  UNDO_NOT_POSSIBLE: { status: 409, title: 'The import cannot be undone' },
  REPORT_NOT_READY: { status: 409, title: 'The import is still running' },
  FILE_MISSING: { status: 422, title: 'The upload carries no file' },
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
  OVERLOADED: { status: 503, title: 'Too busy at the moment' },
  UNAVAILABLE: { status: 503, title: 'Temporarily not available' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
