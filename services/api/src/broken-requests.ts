import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError, type Logger } from '@mentorline/runtime';
import { problemOf } from './error-handler.ts';
import type { ApiMetrics } from './metrics.ts';

/** What every other answer bears too; a test holds the two side by side. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
  'Cache-Control': 'no-store',
  'Content-Type': 'application/problem+json; charset=utf-8',
  Connection: 'close',
};

/** @param requestId of the request that was under way, where there is one */
export type RefuseBroken = (error: Error & { code?: string }, socket: Socket, requestId?: string) => void;

/** Answers requests so broken that no route ever sees them; the socket is all there is to answer on. */
export function brokenRequests(deps: { logger: Logger; metrics: ApiMetrics }): RefuseBroken {
  return (error, socket, requestId = randomUUID()) => {
    // Whoever reads an answer that has begun would take another one for a part of it.
    const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null };
    if (error.code === 'ECONNRESET' || !socket.writable || answer?.headersSent) {
      socket.destroy();
      return;
    }
    const refusal = refusalOf(error.code);
    const { status, code } = refusal;
    // Of the fault only its name: what was sent may be a secret.
    deps.logger.info({ requestId, status, code, cause: error.code }, 'broken request refused');
    deps.metrics.problems.inc({ code });
    const body = JSON.stringify(problemOf(refusal, requestId));
    const headers = {
      ...HEADERS,
      'X-Request-Id': requestId,
      Date: new Date().toUTCString(),
      'Content-Length': Buffer.byteLength(body),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  };
}

function refusalOf(code: string | undefined): AppError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('HEADERS_TOO_LARGE', 'The address and the headers are longer than is read here');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('REQUEST_TIMEOUT', 'The request did not arrive whole in time');
    default:
      return new AppError('BODY_INVALID', 'This is not a valid HTTP/1.1 request');
  }
}
