import { CannotStart } from '@mentorline/runtime';
import mongoose, { type Connection } from 'mongoose';
import { buildModels, type Models } from './models.ts';

const { MongoClient, MongoServerError } = mongoose.mongo;
const SELECTION_TIMEOUT_MS = 10_000;
const PROBE_TIMEOUT_MS = 2_000;
const OLDEST_MAJOR = 5;
const AUTHENTICATION_FAILED = 18;
const UNAUTHORIZED = 13;

/** Those that end a known fault of MongoDB with retried transactions (CVE-2025-10060), by major version. */
const FIRST_GOOD: Readonly<Record<number, readonly [minor: number, patch: number]>> = {
  7: [0, 22],
  8: [0, 12],
};

export interface OpenDatabase {
  connection: Connection;
  models: Models;
  /** What of the server's version is against it, in sentences. */
  warnings: string[];
}

/**
 * Connects to a replica set that can be worked on.
 * @param options.uri with the database's name in its path
 * @throws CannotStart when there is none within ten seconds, saying what is wrong with what there is
 */
export async function openDatabase(options: { uri: string; appName: string }): Promise<OpenDatabase> {
  const { uri, appName } = options;
  const connection = await connect(uri, appName).catch(async (error: unknown) => {
    throw await explain(uri, error);
  });
  try {
    return { connection, models: buildModels(connection), warnings: await judgeServer(connection) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function connect(uri: string, appName: string): Promise<Connection> {
  return mongoose
    .createConnection(uri, {
      appName,
      autoIndex: false,
      autoCreate: false,
      serverSelectionTimeoutMS: SELECTION_TIMEOUT_MS,
      // One that takes connections and answers nothing is found out within eight seconds; calls that wait for it fail then.
      heartbeatFrequencyMS: 3_000,
      connectTimeoutMS: 5_000,
      writeConcern: { w: 'majority' },
      maxPoolSize: 50,
      // A call that cannot be made fails, instead of waiting for a connection to come back.
      bufferCommands: false,
      // A driver wrote it, so it is UTF-8; to look through each text once more is half of what it takes to read results.
      enableUtf8Validation: false,
    })
    .asPromise();
}

async function judgeServer(connection: Connection): Promise<string[]> {
  const admin = connection.db!.admin();
  const hello = await admin.command({ hello: 1 });
  if (!hello.setName && hello.msg !== 'isdbgrid')
    throw notReplicaSet(`${connection.host}:${connection.port}`);
  const { version, versionArray } = (await admin.buildInfo()) as { version: string; versionArray: number[] };
  const [major = 0, minor = 0, patch = 0] = versionArray;
  if (major < OLDEST_MAJOR) {
    throw new CannotStart(
      `MongoDB is ${version}; at least ${OLDEST_MAJOR}.0 is needed, 7.0.22 or 8.0.12 recommended.`,
    );
  }
  const [goodMinor, goodPatch] = FIRST_GOOD[major] ?? [0, 0];
  const isGood = major >= 7 && (minor > goodMinor || (minor === goodMinor && patch >= goodPatch));
  return isGood ? [] : [`MongoDB is ${version}; 7.0.22, 8.0.12 or later is recommended for production`];
}

function notReplicaSet(host: string): CannotStart {
  return new CannotStart(
    `MongoDB at ${host} is not a replica set, which transactions need. Start it with --replSet rs0 and run rs.initiate() once; a single member will do.`,
  );
}

/** What a person can mend of a connection that did not come about. */
async function explain(uri: string, error: unknown): Promise<unknown> {
  const { name, message, code } = error as Error & { code?: unknown };
  // Two libraries have a class of this name.
  if (name === 'MongoParseError') return new CannotStart(`MONGODB_URI cannot be used: ${message}`);
  if (error instanceof MongoServerError && (code === AUTHENTICATION_FAILED || code === UNAUTHORIZED)) {
    return new CannotStart(`MongoDB refuses the user and password in MONGODB_URI: ${message}`);
  }
  if (!(error instanceof mongoose.Error.MongooseServerSelectionError)) return error;
  const [host = '', replicaSet] = placeOf(uri);
  const setName = host && (await setNameAt(host));
  if (setName === undefined) return notReplicaSet(host);
  if (replicaSet && setName && setName !== replicaSet) {
    return new CannotStart(
      `MongoDB at ${host} is the replica set ${setName}; MONGODB_URI says replicaSet=${replicaSet}.`,
    );
  }
  return new CannotStart(
    `MongoDB has no primary that can be reached within ${SELECTION_TIMEOUT_MS / 1_000} seconds at ${host}: ${message}`,
  );
}

/** Without user and password. */
function placeOf(uri: string): [host?: string, replicaSet?: string] {
  const [, hosts = '', , query = ''] = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)(\/[^?]*)?\??(.*)$/u.exec(uri) ?? [];
  const [host = ''] = hosts.split(',');
  const replicaSet = new URLSearchParams(query).get('replicaSet');
  return [host, ...(replicaSet ? [replicaSet] : [])] as [string, string?];
}

/** @returns the name of the set that a server belongs to; undefined when to none; blank when it does not answer */
async function setNameAt(host: string): Promise<string | undefined> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: PROBE_TIMEOUT_MS,
  });
  try {
    const { setName } = await client.db('admin').command({ hello: 1 });
    return setName as string | undefined;
  } catch {
    return '';
  } finally {
    await client.close();
  }
}
