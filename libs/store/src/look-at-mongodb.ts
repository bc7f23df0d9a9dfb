import type { Connection, mongo } from 'mongoose';

/** What MongoDB tells of itself; `null` what it does not tell the user that the services sign in as. */
export interface MongodbState {
  version: string;
  /** Without one there are no transactions. */
  replicaSet: string | null;
  members: { name: string; state: string; healthy: boolean; lagMs: number | null }[] | null;
  /** From the oldest entry of the oplog to the newest. */
  oplogWindowMs: number | null;
  /** Operations that have been running for longer than {@link SLOW_SECONDS}: which, never what of. */
  slowOperations: { op: string; collection: string; seconds: number }[] | null;
}

/** So long is slow for any call of ours. */
export const SLOW_SECONDS = 3;
const PATIENCE_MS = 1_500;
const MOST_OPERATIONS = 20;

interface ReplicaSetStatus {
  members: { name: string; stateStr: string; health: number; optimeDate?: Date }[];
}

/** @throws when MongoDB does not answer */
export async function lookAtMongodb(connection: Connection): Promise<MongodbState> {
  const client = connection.getClient();
  const admin = client.db('admin');
  const [build, hello, members, oplogWindowMs, slowOperations] = await Promise.all([
    admin.command({ buildInfo: 1, maxTimeMS: PATIENCE_MS }) as Promise<{ version: string }>,
    admin.command({ hello: 1, maxTimeMS: PATIENCE_MS }) as Promise<{ setName?: string }>,
    unlessRefused(async () =>
      membersOf((await admin.command({ replSetGetStatus: 1, maxTimeMS: PATIENCE_MS })) as ReplicaSetStatus),
    ),
    unlessRefused(() => oplogWindow(client.db('local'))),
    unlessRefused(() => slowOnes(admin, connection.name)),
  ]);
  return {
    version: build.version,
    replicaSet: hello.setName ?? null,
    ...{ members, oplogWindowMs, slowOperations },
  };
}

/** Managed servers let their users see little of the server itself; the rest is worth showing all the same. */
async function unlessRefused<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  return ask().catch(() => null);
}

function membersOf({ members }: ReplicaSetStatus): MongodbState['members'] {
  const newest = Math.max(...members.map(({ optimeDate }) => optimeDate?.getTime() ?? 0));
  return members.map(({ name, stateStr, health, optimeDate }) => ({
    name,
    state: stateStr,
    healthy: health === 1 && ['PRIMARY', 'SECONDARY', 'ARBITER'].includes(stateStr),
    lagMs: optimeDate ? newest - optimeDate.getTime() : null,
  }));
}

async function oplogWindow(local: mongo.Db): Promise<number | null> {
  const end = (order: 1 | -1) =>
    local
      .collection('oplog.rs')
      .findOne<{ wall: Date }>(
        {},
        { sort: { $natural: order }, projection: { wall: 1 }, maxTimeMS: PATIENCE_MS },
      );
  const [oldest, newest] = await Promise.all([end(1), end(-1)]);
  return oldest && newest ? newest.wall.getTime() - oldest.wall.getTime() : null;
}

async function slowOnes(admin: mongo.Db, database: string): Promise<MongodbState['slowOperations']> {
  const found = await admin
    .aggregate<{ op: string; ns: string; secs_running: number }>(
      [
        { $currentOp: { allUsers: true, idleConnections: false } },
        // Those that wait for something to happen (change streams) are not slow.
        {
          $match: {
            ns: { $regex: `^${database}\\.` },
            secs_running: { $gte: SLOW_SECONDS },
            'cursor.tailable': { $ne: true },
          },
        },
        { $limit: MOST_OPERATIONS },
        { $project: { op: 1, ns: 1, secs_running: 1 } },
      ],
      { maxTimeMS: PATIENCE_MS },
    )
    .toArray();
  return found.map(({ op, ns, secs_running: seconds }) => ({
    ...{ op, seconds },
    collection: ns.slice(database.length + 1),
  }));
}
