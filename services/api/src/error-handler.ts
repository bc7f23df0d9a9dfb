import { AppError } from '@mentorline/runtime';
import { isUnavailable } from '@mentorline/store';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { schemaFaults } from './http/schema-faults.ts';

const RETRY_AFTER_SECONDS = 5;
const BEARER = 'Bearer realm="mentorline"';
const BASIC = 'Basic realm="mentorline", charset="UTF-8"';

/** Answers any fault as `application/problem+json` (RFC 9457); what is not an `AppError` is logged and hidden. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = toAppError(thrown);
  if (error.code === 'INTERNAL_ERROR') request.log.error({ err: thrown }, 'request failed');
  else if (error.code === 'UNAVAILABLE') request.log.warn({ err: thrown }, 'temporarily not available');
  if (error.status === 401) {
    // Two fields rather than one list: browsers look for a scheme that they know at the start of each.
    const { basicAllowed } = request.routeOptions.config;
    reply.header('www-authenticate', basicAllowed ? [BEARER, BASIC] : BEARER);
  }
  reply.problem = error.code;
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  const retryAfter = error.retryAfterSeconds ?? (error.status === 503 ? RETRY_AFTER_SECONDS : undefined);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply.code(error.status).type('application/problem+json').send(problemOf(error, request.id));
}

/** The body of an answer that tells a fault. */
export function problemOf(error: AppError, requestId: string) {
  return {
    type: `urn:mentorline:error:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    errors: error.faults,
    ...error.extra,
    requestId,
  };
}

/** What whoever asked may be told of a fault. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown as Partial<FastifyError>;
  if (error.validation) return validationError(error.validation, error.validationContext);
  if (isUnavailable(thrown)) {
    return new AppError('UNAVAILABLE', 'The database does not answer; try again in a few seconds', {
      cause: thrown,
    });
  }
  // Fastify's own refusals; their texts speak of the request only.
  if (error.code?.startsWith('FST_') && error.statusCode && error.statusCode < 500) {
    const detail = error.message ?? '';
    if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return nothingHere();
    if (error.statusCode === 413) return new AppError('PAYLOAD_TOO_LARGE', detail);
    if (error.statusCode === 415) return new AppError('UNSUPPORTED_MEDIA_TYPE', detail);
    return new AppError('BODY_INVALID', detail);
  }
  return new AppError('INTERNAL_ERROR', 'It has been noted; tell us the requestId if it happens again', {
    cause: thrown,
  });
}

const MISFITS = {
  body: 'The body does not fit',
  headers: 'The headers do not fit',
  querystring: 'The query does not fit',
};

function validationError(
  validation: NonNullable<FastifyError['validation']>,
  part: FastifyError['validationContext'],
): AppError {
  // A path parameter that has not the form of an id names nothing.
  if (part === 'params') return nothingHere();
  return new AppError('VALIDATION_FAILED', `${MISFITS[part ?? 'body']} the schema; see errors`, {
    faults: schemaFaults(validation),
  });
}

function nothingHere(): AppError {
  return new AppError('NOT_FOUND', 'There is nothing here');
}
