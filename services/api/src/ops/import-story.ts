import { IMPORT_STATUSES } from '@mentorline/domain';
import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import { type Heartbeat, type ImportEvent, isId, type KeptEvents, type Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';
import { collapseEvents } from './collapse-events.ts';
import { obstacleToRetry } from './dead-letters.ts';
import { nameProcess, presentRunning } from './gather-overview.ts';
import { OpsMailView, presentMail } from './mail-view.ts';
import { RunningView } from './overview-view.ts';

const Time = Type.String({ format: 'date-time' });
const Text = Type.Union([Type.String(), Type.Null()]);

const EventView = Type.Object({
  at: Time,
  lastAt: Type.Union([Time, Type.Null()], { description: 'of what was repeated: the last time' }),
  count: Type.Integer({ description: 'how often it happened, by itself or in turns with the next' }),
  what: Type.String({ description: '`left-out`: events that are no longer kept' }),
  text: Type.String({ description: 'in a sentence' }),
  status: Type.Enum([...IMPORT_STATUSES]),
  by: Text,
  error: Type.Union(
    [
      Type.Object({
        type: Type.String(),
        code: Text,
        message: Text,
        stack: Text,
      }),
      Type.Null(),
    ],
    { description: 'of the last time; message and stack for operators only' },
  ),
});
export type EventView = Static<typeof EventView>;

export const OpsImportView = Type.Object(
  {
    ...RunningView.properties,
    waits: Type.Union([RunningView.properties.waits, Type.Null()], { description: 'null once it has ended' }),
    sizeBytes: Type.Integer(),
    finishedAt: Type.Union([Time, Type.Null()]),
    cancelRequestedAt: Type.Union([Time, Type.Null()]),
    rows: Type.Union([Type.Record(Type.String(), Type.Integer()), Type.Null()]),
    failure: Type.Union([
      Type.Object({ code: Type.String(), row: Type.Union([Type.Integer(), Type.Null()]) }),
      Type.Null(),
    ]),
    retriedAs: Text,
    retryObstacle: Type.Union([Type.String(), Type.Null()], { description: 'null: it can be retried' }),
    shards: Type.Array(
      Type.Object({
        shard: Type.Integer(),
        done: Type.Boolean(),
        held: Type.Boolean(),
        doneThrough: Type.Integer(),
        attempts: Type.Integer(),
        stalls: Type.Integer(),
      }),
    ),
    isComplete: Type.Boolean({ description: 'false: some of the story is no longer kept' }),
    events: Type.Array(EventView, {
      description: 'what happened, oldest first; of very many the first and the last',
    }),
    mail: Type.Union([OpsMailView, Type.Null()], { description: 'that tells of its end' }),
  },
  { title: 'OpsImport' },
);
export type OpsImport = Static<typeof OpsImportView>;

/**
 * Everything that is known of one import, across services, and nothing of what is in it.
 * @throws AppError NOT_FOUND
 */
export async function readImportStory(
  { store, queues, now }: { store: Store; queues: Pick<JobQueues, 'look'>; now: () => Date },
  id: string,
  { isOperator }: { isOperator: boolean },
): Promise<OpsImport> {
  const look = isId(id) ? await store.looks.lookAtImport(id) : undefined;
  if (!look) throw new AppError('NOT_FOUND', 'There is no such import');
  const [beats, queueStates, shards, mail] = await Promise.all([
    store.heartbeats.listHeartbeats(),
    queues.look(),
    store.looks.lookAtShards(id),
    look.mailId ? store.looks.lookAtMail(look.mailId) : undefined,
  ]);
  const queuePaused = queueStates?.find(({ name }) => name === 'imports')?.paused;
  const [running] = await presentRunning(store, [look], { beats, at: now(), queuePaused });
  const { failure } = look;
  return {
    ...running!,
    waits: look.finishedAt ? null : running!.waits,
    sizeBytes: look.sizeBytes,
    finishedAt: look.finishedAt && utcText(look.finishedAt),
    cancelRequestedAt: look.cancelRequestedAt && utcText(look.cancelRequestedAt),
    rows: look.rows && { ...look.rows },
    failure: failure && { code: failure.code, row: failure.row },
    retriedAs: look.retriedAs,
    retryObstacle: obstacleToRetry(look) ?? null,
    shards,
    isComplete: look.kept.leftOut === 0,
    events: await presentEvents(store, look.kept, { beats, isOperator }),
    mail: mail ? presentMail(mail, isOperator) : null,
  };
}

async function presentEvents(
  { users }: Pick<Store, 'users'>,
  { first, leftOut, last }: KeptEvents,
  { beats, isOperator }: { beats: readonly Heartbeat[]; isOperator: boolean },
): Promise<EventView[]> {
  const people = new Map<string, string>();
  for (const id of new Set([...first, ...last].flatMap(({ userId }) => (userId ? [userId] : [])))) {
    const user = await users.findUser(id);
    people.set(id, user?.name ?? id);
  }
  const whoDid = ({ userId, processId }: ImportEvent): string | null => {
    if (userId) return people.get(userId) ?? userId;
    return processId ? nameProcess(beats, processId) : null;
  };
  const present = (group: [ImportEvent, ...ImportEvent[]]): EventView => {
    const { at, what, status } = group[0];
    const { at: lastAt, error } = group.at(-1)!;
    const actors = new Set(group.map(whoDid));
    return {
      ...{ what, status, count: group.length },
      at: utcText(at),
      lastAt: group.length > 1 ? utcText(lastAt) : null,
      text: tell(group),
      by: actors.size > 1 ? `${actors.size} processes` : whoDid(group[0]),
      error: error
        ? {
            type: error.type,
            code: error.code === undefined ? null : String(error.code),
            message: isOperator ? error.message : null,
            stack: isOperator ? (error.stack ?? null) : null,
          }
        : null,
    };
  };
  return [
    ...collapseEvents(first).map(present),
    ...tellLeftOut(leftOut, first.at(-1), last[0]),
    ...collapseEvents(last).map(present),
  ];
}

function tellLeftOut(
  leftOut: number | null,
  before: ImportEvent | undefined,
  after: ImportEvent | undefined,
): EventView[] {
  if (!before || !after || !leftOut) return [];
  return [
    {
      ...{ what: 'left-out', status: before.status, count: leftOut, by: null, error: null },
      at: utcText(before.at),
      lastAt: utcText(after.at),
      text: `${leftOut} events in between are no longer kept`,
    },
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  cancel: 'it is to be cancelled',
  turn: "it is another organisation's turn",
  stopping: 'the importer was stopped',
};

function tell(group: readonly [ImportEvent, ...ImportEvent[]]): string {
  const { what, status, attempt, takenOver, reason, row, importId } = group[0];
  switch (what) {
    case 'accepted':
      return importId ? `Accepted as a retry of ${importId}, and queued` : 'Uploaded, accepted and queued';
    case 'claimed':
      return `Claimed in ${status}, ${attempts(attempt, group.at(-1)?.attempt)}${takenOver ? '; the worker before was lost with it' : ''}`;
    case 'moved':
      return reason ? `Failed: ${reason}${row ? `, row ${row}` : ''}` : `Went on to ${status}`;
    case 'put-back':
      return `Put back in ${status}: ${REASONS[reason ?? ''] ?? 'left off in order'}`;
    case 'interrupted':
      return `Interrupted in ${status}; tried again after a pause`;
    case 'cancel-requested':
      return 'Asked to stop';
    case 'released':
      return `Taken away from its importer in ${status}`;
    case 'dismissed':
      return 'Put aside';
    case 'retried':
      return `Retried as ${importId}`;
  }
}

function attempts(first = 1, last = first): string {
  return first === last ? `attempt ${first}` : `attempts ${first} to ${last}`;
}
