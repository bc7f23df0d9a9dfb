import formbody from '@fastify/formbody';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { QUEUE_NAMES } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import { isId, isUnavailable } from '@mentorline/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Credentials } from '../accounts/sign-in.ts';
import { sendProblem } from '../error-handler.ts';
import { actorOf } from '../http/actor.ts';
import { clientOf } from '../http/client-of.ts';
import { IdParams } from '../http/id-params.ts';
import { listDeadLetters } from '../ops/dead-letters.ts';
import { gatherOverview } from '../ops/gather-overview.ts';
import { html } from '../ops/html.ts';
import { readImportStory } from '../ops/import-story.ts';
import { letterContent } from '../ops/letter-page.ts';
import { opsPage, plainPage } from '../ops/ops-layout.ts';
import { overviewContent } from '../ops/ops-page.ts';
import { ACTS, type Act, DONE } from '../ops/ops-parts.ts';
import {
  dismissLetter,
  type Operator,
  type RepairDeps,
  releaseImport,
  retryImport,
  sendMailAgain,
  setDraining,
  setQueuePaused,
  stopImport,
} from '../ops/repair.ts';
import { signInOps, signOutOps } from '../ops/sign-in-ops.ts';
import { storyContent } from '../ops/story-page.ts';
import { userOf } from '../plugins/auth.ts';
import { clearTicket, type OpsCookieDeps, setTicket, ticketOf } from '../plugins/ops-cookie.ts';
import { isOperator } from './ops.ts';

const DEAD_LETTERS = 20;
/** The page that an act leads to tells what was done. */
const Done = Type.Object({ done: Type.Optional(Type.Enum([...ACTS])) });

const Letters = Type.Object({
  show: Type.Optional(Type.Enum(['all', 'dismissed'])),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
});

/** The pages for operators and observers. Without their cookie nothing of them is shown but the sign-in. */
export function opsPageRoutes(deps: OpsCookieDeps & RepairDeps): FastifyPluginAsyncTypebox {
  const { store, publicUrl, isProduction } = deps;
  const isSecure = isProduction || publicUrl.startsWith('https:');
  const viewerOf = (request: FastifyRequest) => {
    const user = userOf(request);
    return { name: user.name, isOperator: isOperator(user) };
  };

  return async (app) => {
    await app.register(formbody);
    app.setErrorHandler((thrown, request, reply) => sendFault(thrown, request, reply));
    app.addHook('onSend', async (_request, reply) => {
      if (!reply.hasHeader('content-type')) reply.type('text/html; charset=utf-8');
    });
    const send = (reply: FastifyReply, page: string) => reply.type('text/html; charset=utf-8').send(page);

    app.get('/ops/login', { config: { opsOpen: true }, schema: { hide: true } }, (_request, reply) =>
      send(reply, signInPage()),
    );

    app.post(
      '/ops/login',
      { config: { opsOpen: true }, schema: { hide: true, body: Credentials } },
      async (request, reply) => {
        try {
          setTicket(reply, await signInOps(deps, request.body, clientOf(request)), isSecure);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          return send(
            reply.code(error.status),
            signInPage({ fault: error.message, email: request.body.email }),
          );
        }
        return reply.redirect('/ops', 303);
      },
    );

    app.post('/ops/logout', { config: { opsOpen: true }, schema: { hide: true } }, async (request, reply) => {
      await signOutOps(deps, ticketOf(request));
      clearTicket(reply);
      return reply.redirect('/ops/login', 303);
    });

    app.get('/ops', { schema: { hide: true, querystring: Done } }, async (request, reply) => {
      const viewer = viewerOf(request);
      const [overview, dead] = await Promise.all([
        gatherOverview(deps),
        listDeadLetters(store, { limit: DEAD_LETTERS, ours: true, dismissed: false }, viewer.isOperator),
      ]);
      const { length } = overview.attention;
      const said =
        length === 0
          ? 'All is well.'
          : `${length} ${length === 1 ? 'thing needs' : 'things need'} attention.`;
      const content = overviewContent(overview, dead, viewer.isOperator);
      const title = `Operations (${length})`;
      return send(reply, opsPage({ title, said, done: doneText(request.query), viewer, content }));
    });

    app.get('/ops/dead-letters', { schema: { hide: true, querystring: Letters } }, async (request, reply) => {
      const viewer = viewerOf(request);
      const { cursor, show } = request.query;
      const query = { limit: DEAD_LETTERS, cursor, ours: false, dismissed: show === 'dismissed' };
      const content = letterContent(await listDeadLetters(store, query, viewer.isOperator), { show, viewer });
      const page = { title: 'Dead letters', said: 'What was given up.', viewer, content };
      return send(reply, opsPage({ ...page, done: undefined }));
    });

    const ofImport = { schema: { hide: true, params: IdParams, querystring: Done } };
    app.get('/ops/imports/:id', ofImport, async (request, reply) => {
      const viewer = viewerOf(request);
      const story = await readImportStory(deps, request.params.id, viewer);
      const content = storyContent(story, viewer.isOperator);
      const page = { title: `Import ${story.id}`, said: `Status: ${story.status}.`, viewer, content };
      return send(reply, opsPage({ ...page, done: doneText(request.query) }));
    });

    app.post(
      '/ops/acts',
      {
        schema: {
          hide: true,
          body: Type.Object({ act: Type.Enum([...ACTS]), id: Type.String({ maxLength: 100 }) }),
        },
      },
      async (request, reply) => {
        if (!isOperator(userOf(request)))
          throw new AppError('FORBIDDEN', 'Observers look only; this needs the role operator');
        const { act, id } = request.body;
        return reply.redirect(`${await run(deps, actorOf(request), act, id)}?done=${act}`, 303);
      },
    );
  };
}

/** @returns where what came of it is seen */
async function run(deps: RepairDeps, actor: Operator, act: Act, id: string): Promise<string> {
  switch (act) {
    case 'release':
      await releaseImport(deps, actor, id);
      return `/ops/imports/${id}`;
    case 'cancel':
      await stopImport(deps, actor, id);
      return `/ops/imports/${id}`;
    case 'retry':
      return `/ops/imports/${(await retryImport(deps, actor, id)).id}`;
    case 'pause':
    case 'resume': {
      const name = QUEUE_NAMES.find((known) => known === id);
      if (!name) throw new AppError('NOT_FOUND', 'There is no such queue');
      await setQueuePaused(deps, actor, { name, paused: act === 'pause' });
      return '/ops';
    }
    case 'dismiss-import':
    case 'dismiss-mail': {
      const kind = act === 'dismiss-import' ? 'import' : 'mail';
      if (!isId(id)) throw new AppError('NOT_FOUND', `There is no such ${kind}`);
      await dismissLetter(deps, actor, { kind, id });
      return '/ops';
    }
    case 'send-again':
      if (!isId(id)) throw new AppError('NOT_FOUND', 'There is no such mail');
      await sendMailAgain(deps, actor, id);
      return '/ops';
    case 'drain':
    case 'undrain':
      await setDraining(deps, actor, { id }, act === 'drain');
      return '/ops';
    case 'drain-service':
    case 'undrain-service':
      await setDraining(deps, actor, { service: id }, act === 'drain-service');
      return '/ops';
  }
}

function doneText({ done }: Static<typeof Done>): string | undefined {
  return done && DONE[done];
}

/** @param refused who was not let in, and why */
function signInPage(refused?: { fault: string; email: string }): string {
  return plainPage(
    'Sign in to operations',
    html`<h1>Operations</h1><p class="soft">For operators and observers of this deployment.</p>
${refused && html`<p class="notice critical" role="alert">${refused.fault}.</p>`}
<form method="post" action="/ops/login">
<label>E-mail<input name="email" type="email" autocomplete="username" value="${refused?.email ?? ''}" required
${!refused && 'autofocus'}></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required
${refused && 'autofocus'}></label>
<button>Sign in</button></form>`,
  );
}

/** A person reads it; what they must not see is hidden and logged as everywhere. */
function sendFault(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(thrown instanceof AppError) || !(request.headers.accept ?? '').includes('text/html')) {
    if (!isUnavailable(thrown)) return sendProblem(thrown, request, reply);
  }
  const fault =
    thrown instanceof AppError
      ? thrown
      : new AppError('UNAVAILABLE', 'MongoDB does not answer; try again in a few seconds');
  const page = plainPage(
    fault.title,
    html`<h1>${fault.title}</h1><p>${fault.message}.</p><p class="soft">${fault.code} · ${request.id}</p><p><a href="/ops">Back to operations</a></p>`,
  );
  return reply.code(fault.status).type('text/html; charset=utf-8').send(page);
}
