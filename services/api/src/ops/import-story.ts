import { IMPORT_STATUSES } from '@mentorline/domain';
import type { JobQueues } from '@mentorline/jobs';
import { AppError } from '@mentorline/runtime';
import { type Heartbeat, type ImportEvent, type ImportLook, isId, type Store } from '@mentorline/store';
import { type Static, Type } from 'typebox';
import { utcText } from '../http/utc-text.ts';
import { obstacleToRetry } from './dead-letters.ts';
import { nameProcess, presentRunning } from './gather-overview.ts';
import { OpsMailView, presentMail } from './mail-view.ts';
import { RunningView } from './overview-view.ts';

const Time = Type.String({ format: 'date-time' });
const Text = Type.Union([Type.String(), Type.Null()]);

const EventView = Type.Object({
  at: Time,
  what: Type.String(),
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
    { description: 'message and stack for operators only' },
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
    isComplete: Type.Boolean({ description: 'false: the beginning of the story is no longer kept' }),
    events: Type.Array(EventView, { description: 'what happened, oldest first' }),
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
    isComplete: look.events[0]?.what === 'accepted',
    events: await presentEvents(store, look, { beats, isOperator }),
    mail: mail ? presentMail(mail, isOperator) : null,
  };
}

async function presentEvents(
  { users }: Pick<Store, 'users'>,
  { events }: ImportLook,
  { beats, isOperator }: { beats: readonly Heartbeat[]; isOperator: boolean },
): Promise<EventView[]> {
  const people = new Map<string, string>();
  for (const id of new Set(events.flatMap(({ userId }) => (userId ? [userId] : [])))) {
    const user = await users.findUser(id);
    people.set(id, user?.name ?? id);
  }
  return events.map((event) => {
    const { at, what, status, userId, processId, error } = event;
    const by = userId ? (people.get(userId) ?? userId) : processId ? nameProcess(beats, processId) : null;
    return {
      ...{ what, status, by },
      at: utcText(at),
      text: tell(event),
      error: error
        ? {
            type: error.type,
            code: error.code === undefined ? null : String(error.code),
            message: isOperator ? error.message : null,
            stack: isOperator ? (error.stack ?? null) : null,
          }
        : null,
    };
  });
}

const REASONS: Readonly<Record<string, string>> = {
  cancel: 'it is to be cancelled',
  turn: "it is another organisation's turn",
  stopping: 'the importer was stopped',
};

function tell({ what, status, attempt, takenOver, reason, row, importId }: ImportEvent): string {
  switch (what) {
    case 'accepted':
      return importId ? `Accepted as a retry of ${importId}, and queued` : 'Uploaded, accepted and queued';
    case 'claimed':
      return `Claimed in ${status}, attempt ${attempt}${takenOver ? '; the worker before was lost with it' : ''}`;
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
