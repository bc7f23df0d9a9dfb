import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { JOBS, type JobQueues } from '@mentorline/jobs';
import { SECOND_MS, within } from '@mentorline/runtime';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { toAppError } from '../error-handler.ts';
import { actorOf } from '../http/actor.ts';
import type { RepairDeps } from '../ops/repair.ts';
import { userOf } from '../plugins/auth.ts';
import { isOperator } from './ops.ts';

const BOARD_PATH = '/ops/queues';
const PATIENCE_MS = SECOND_MS;

const BOARD_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

// It asks for fonts of another origin, and does well without them.
const LINK_ELSEWHERE = /<link [^>]*href="https:[^>]*>\s*/gu;

const IDS = new Set(Object.values(JOBS).flatMap(({ payload }) => Object.keys(payload.properties)));

/**
 * The queue board, behind the cookie of the pages for operators. Jobs are wake-up calls, so whatever is done to them
 * here loses nothing: what waits in MongoDB is called for again.
 */
export function queueBoard({ store, queues, now }: RepairDeps): FastifyPluginAsyncTypebox {
  const adapter = new FastifyAdapter();
  createBullBoard({
    serverAdapter: adapter,
    queues: [...queues.queues.values()].map((queue) => {
      const shown = new BullMQAdapter(queue);
      shown.setFormatter('data', onlyIds);
      shown.setFormatter('returnValue', () => null);
      shown.setFormatter('progress', () => null);
      return shown;
    }),
    options: {
      uiConfig: {
        boardTitle: 'mentorline',
        hideDocsLink: true,
        miscLinks: [{ text: 'Operations', url: '/ops' }],
      },
    },
  });
  adapter.setBasePath(BOARD_PATH);

  return async (app) => {
    adapter.setErrorHandler((thrown) => answerFault(thrown, app.log));
    app.addHook('onRequest', async (request, reply) => {
      reply.header('content-security-policy', BOARD_CSP);
      // Refused here: what is thrown goes to the board's own handler, which takes it for a fault of its own.
      if (isAct(request) && !isOperator(userOf(request))) {
        return reply.code(403).send({ error: 'Observers look only; this needs the role operator' });
      }
      // Its calls would wait for as long as Redis is away, and its acts be done then, when nobody asks for them any more.
      if (isCall(request) && !(await answers(queues))) {
        return reply.code(503).send({ error: 'Redis does not answer' });
      }
    });
    app.addHook('preHandler', async (request) => {
      if (isAct(request)) await noteAct(request);
    });
    app.addHook('preSerialization', async (request, _reply: FastifyReply, payload) =>
      isCall(request) && request.user && !isOperator(request.user) ? forObserver(payload) : payload,
    );
    app.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' && payload.startsWith('<!DOCTYPE html>')
        ? payload.replaceAll(LINK_ELSEWHERE, '')
        : payload,
    );
    await app.register(adapter.registerPlugin(), { prefix: BOARD_PATH });
  };

  /** Written before it is done: no act is without its entry. */
  async function noteAct(request: FastifyRequest): Promise<void> {
    const { queueName = 'all', jobId } = request.params as { queueName?: string; jobId?: string };
    const verb = (request.routeOptions.url ?? '')
      .split('/')
      .findLast((part) => part !== '' && !part.startsWith(':'));
    await store.transaction((transaction) =>
      store.audit.noteOperatorAct(transaction, actorOf(request), {
        ...{ at: now(), action: `board.${verb}`, target: { kind: 'queue', id: queueName } },
        ...(jobId ? { fields: [`job ${jobId}`] } : {}),
      }),
    );
  }
}

function isAct({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** The board's own handler would tell what was thrown, with whatever host or query stands in it. */
function answerFault(thrown: unknown, log: FastifyBaseLogger) {
  const { code, status, message } = toAppError(thrown);
  if (code === 'INTERNAL_ERROR') log.error({ err: thrown }, 'request failed');
  // The board's types know fewer than are sent.
  return { status: status as 500, body: { error: message } };
}

async function answers({ connection, ping }: JobQueues): Promise<boolean> {
  if (connection.status !== 'ready') return false;
  return within(
    ping().then(() => true),
    PATIENCE_MS,
    false,
  );
}

/** By its route: an address may be spelt in many ways. */
function isCall({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith(`${BOARD_PATH}/api/`) ?? false;
}

/** Somebody may add a job by hand, with anything in it. */
function onlyIds(data: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data ?? {}).filter(([name]) => IDS.has(name)));
}

/** The same without what an observer cannot do, or is not shown. */
function forObserver(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  const { queues, job } = payload as { queues?: { jobs?: object[] }[]; job?: object };
  return {
    ...payload,
    ...(job ? { job: { ...job, stacktrace: [] } } : {}),
    ...(queues
      ? {
          queues: queues.map(({ jobs = [], ...queue }) => ({
            ...queue,
            ...{ readOnlyMode: true, allowRetries: false, allowCompletedRetries: false },
            jobs: jobs.map((one) => ({ ...one, stacktrace: [] })),
          })),
        }
      : {}),
  };
}
