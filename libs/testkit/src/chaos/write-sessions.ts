import { setTimeout as delay } from 'node:timers/promises';
import { mentorEmail } from '../people.ts';
import { oneOf, type Random } from '../random-numbers.ts';
import type { Answer, Send } from './send-until-answered.ts';
import { countIn, type Tally } from './tally.ts';

const DAY_MS = 86_400_000;
const DAYS = 60;
const PAUSE_MS = 30;

/** A session as its writer was told that it is. */
interface WrittenSession {
  id: string;
  title: string;
  description: string;
  /** ISO; several where a move was refused after an attempt of which nothing was heard. */
  starts: Set<string>;
  cancelled: boolean;
  /** By user id: whether they have a seat; `unsure` after a refusal that followed an attempt in vain. */
  seats: Map<string, boolean | 'unsure'>;
  /** Who is to keep the seat. */
  kept: Set<string>;
}

export interface Writer {
  sessions: WrittenSession[];
  /** Titles of sessions that were refused. */
  refused: string[];
}

interface WriterDeps {
  name: string;
  send: Send;
  random: Random;
  tally: Tally;
  mentors: number;
  menteeIds: readonly string[];
  complain: (what: string) => void;
}

/**
 * Creates, edits, moves and cancels sessions and gives and frees seats until it is over. Nobody else writes the
 * sessions that it makes, and each of its writes is fenced (`Idempotency-Key`, `If-Match`): so what it was told last
 * is what must be there.
 */
export async function writeSessions(deps: WriterDeps, over: AbortSignal): Promise<Writer> {
  const { random } = deps;
  const writer: Writer = { sessions: [], refused: [] };
  for (let n = 0; !over.aborted; n += 1) {
    const session = writer.sessions.length > 0 ? oneOf(random, writer.sessions) : undefined;
    const kind = random(10);
    if (!session || session.cancelled || kind < 3) await create(deps, writer, n);
    else if (kind < 5) await edit(deps, session, n);
    else if (kind < 6) await move(deps, session);
    else if (kind < 7 && random(3) === 0) await cancel(deps, session);
    else if (kind < 9) await enrol(deps, session);
    else await free(deps, session);
    await delay(random(PAUSE_MS));
  }
  return writer;
}

function someStart(random: Random): string {
  return new Date(Date.UTC(2031, 5, 1) + random(DAYS) * DAY_MS + (8 + random(40)) * 900_000).toISOString();
}

async function create(deps: WriterDeps, writer: Writer, n: number): Promise<void> {
  const { name, send, random } = deps;
  const title = `${name} ${n}`;
  const start = someStart(random);
  const description = `${title}, new`;
  const answer = await send({
    ...{ method: 'POST', path: '/v1/sessions', headers: { 'idempotency-key': title.replaceAll(' ', '-') } },
    body: {
      ...{ title, description, type: 'PUBLIC', start, durationMinutes: 45, custom: { region: 'North' } },
      mentor: mentorEmail(random(deps.mentors)),
      ...{ recommendedFor: ['Teachers'], categories: ['Communication'], medium: ['English'] },
    },
  });
  if (answer.status === 409) writer.refused.push(title);
  else if (told(deps, 'sessions created', answer, 201)) {
    const id = String(answer.body.id);
    writer.sessions.push({
      ...{ id, title, description, starts: new Set([start]) },
      ...{ cancelled: false, seats: new Map(), kept: new Set() },
    });
  }
}

async function edit(deps: WriterDeps, session: WrittenSession, n: number): Promise<void> {
  const description = `${session.title}, change ${n}`;
  const isDone = ({ body }: Answer): boolean => body.description === description;
  const answer = await fenced(deps, session, { method: 'PATCH', body: { description } }, isDone);
  if (told(deps, 'sessions edited', answer, 200)) session.description = description;
}

async function move(deps: WriterDeps, session: WrittenSession): Promise<void> {
  const start = someStart(deps.random);
  const isDone = ({ body }: Answer): boolean => Date.parse(String(body.start)) === Date.parse(start);
  const answer = await fenced(deps, session, { method: 'PATCH', body: { start } }, isDone);
  if (answer.status === 409) {
    if (answer.inVain > 0) session.starts.add(start);
  } else if (told(deps, 'sessions moved', answer, 200)) session.starts = new Set([start]);
}

async function cancel(deps: WriterDeps, session: WrittenSession): Promise<void> {
  const isDone = ({ status, body }: Answer): boolean => status === 404 || body.status === 'CANCELLED';
  const answer = await fenced(deps, session, { method: 'DELETE' }, isDone);
  if (told(deps, 'sessions cancelled', answer, 204, 200, 404)) session.cancelled = true;
}

/** Of a mentee and a session one seat is asked for, once. */
async function enrol(deps: WriterDeps, { id, seats, kept }: WrittenSession): Promise<void> {
  const menteeId = oneOf(deps.random, deps.menteeIds);
  if (seats.has(menteeId)) return;
  const answer = await deps.send({ method: 'PUT', path: `/v1/sessions/${id}/mentees/${menteeId}` });
  if (answer.status === 409) seats.set(menteeId, answer.inVain > 0 ? 'unsure' : false);
  else if (told(deps, 'seats given', answer, 200, 201)) {
    seats.set(menteeId, true);
    // An attempt in vain may still do its work: after it none may follow that takes the seat back.
    if (answer.inVain > 0) kept.add(menteeId);
  }
}

async function free(deps: WriterDeps, { id, seats, kept }: WrittenSession): Promise<void> {
  const [menteeId] = [...seats].find(([userId, has]) => has === true && !kept.has(userId)) ?? [];
  if (!menteeId) return;
  const answer = await deps.send({ method: 'DELETE', path: `/v1/sessions/${id}/mentees/${menteeId}` });
  if (told(deps, 'seats freed', answer, 204)) seats.set(menteeId, false);
}

/** A change that only takes place at the version it was meant for. @returns the last answer, or the session as changed */
async function fenced(
  { send }: WriterDeps,
  { id }: WrittenSession,
  change: { method: string; body?: object },
  isDone: (read: Answer) => boolean,
): Promise<Answer> {
  const path = `/v1/sessions/${id}`;
  for (let inVain = 0; ; ) {
    const read = await send({ method: 'GET', path });
    if (isDone(read)) return { ...read, inVain };
    const answer = await send({ ...change, path, headers: { 'if-match': read.etag } });
    inVain += answer.inVain;
    if (answer.status !== 412) return { ...answer, inVain };
  }
}

function told({ tally, complain }: WriterDeps, what: string, answer: Answer, ...expected: number[]): boolean {
  const isExpected = expected.includes(answer.status);
  if (isExpected) countIn(tally.writes, what);
  else complain(`${what}: answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
  return isExpected;
}
