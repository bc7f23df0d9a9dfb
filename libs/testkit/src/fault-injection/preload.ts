/** See README.md. */
import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import type { Store } from '@mentorline/store';
import type { PlannedKill } from './inject-fault.ts';
import { beginsMessage, type Command, momentFinder, phaseOf } from './moments.ts';

/** What the driver has for its monitors and leaves out of its types. */
type MongoClient = ReturnType<Store['connection']['getClient']> & { monitorCommands: boolean };

const { FAULT_LOG, FAULT_PLAN = '[]', FAULT_POISON } = process.env;
// As many of the plan as have come true so far: the process that is started next goes on with the one after.
const deaths = readFileSync(FAULT_LOG!, 'utf8').split('\n').length - 1;
const next = (JSON.parse(FAULT_PLAN) as PlannedKill[])[deaths];

// The very driver that the store uses.
const load = createRequire(import.meta.resolve('@mentorline/store'));
const { mongo } = load('mongoose') as { mongo: { MongoClient: { prototype: MongoClient } } };
const client = mongo.MongoClient.prototype;
const connect = client.connect;
client.connect = function (this: MongoClient) {
  watch(this);
  return connect.call(this);
};

if (next?.moment === 'before-mail-sent') {
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, ...given: Parameters<typeof write>) {
    if (beginsMessage(given[0])) pass();
    return write.apply(this, given);
  } as typeof write;
}

let seen = 0;
function pass(): void {
  seen += 1;
  if (seen === next!.nth) dieAt(next!);
}

/** Listeners are called before a command goes out, and before anybody hears of its answer. */
function watch(client: MongoClient): void {
  const momentsOf = momentFinder();
  const pending = new Set<number>();
  client.monitorCommands = true;
  client.on('commandStarted', (event) => {
    if (FAULT_POISON && writesTitle(event, FAULT_POISON)) die('poison');
    if (!next || !momentsOf(event).includes(next.moment)) return;
    if (phaseOf(next.moment) === 'start') pass();
    else pending.add(event.requestId);
  });
  client.on('commandSucceeded', ({ requestId }) => {
    if (pending.delete(requestId)) pass();
  });
  client.on('commandFailed', ({ requestId }) => pending.delete(requestId));
}

function writesTitle({ command }: Command, text: string): boolean {
  const { documents = [], updates = [] } = command as {
    documents?: { title?: unknown }[];
    updates?: { u?: { $set?: { title?: unknown } } }[];
  };
  const titles = [...documents.map(({ title }) => title), ...updates.map(({ u }) => u?.$set?.title)];
  return titles.some((title) => typeof title === 'string' && title.includes(text));
}

function dieAt({ moment, afterMs }: PlannedKill): void {
  if (afterMs === undefined) die(moment);
  else setTimeout(die, afterMs, moment);
}

function die(reason: string): void {
  appendFileSync(FAULT_LOG!, `${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
}
