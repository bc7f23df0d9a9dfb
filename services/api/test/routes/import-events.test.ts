import { connect } from 'node:net';
import { NO_ROWS } from '@mentorline/store';
import { waitFor } from '@mentorline/testkit';
import t from 'tap';
import { type Gateway, openGateway } from '../open-gateway.ts';
import { readEvents, type SentEvent } from '../read-events.ts';

const MANAGER = 'manager@example.org';
const FILE =
  'Action,id,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n' +
  'Create,,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00,60,Teachers,Communication,English\n';

/** A gateway that listens, and an import in it that has eight rows to go through. */
async function openImport(t: Parameters<typeof openGateway>[0]) {
  const gateway = await openGateway(t);
  const { call, store, app, token } = gateway;
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const accepted = await call(MANAGER, 'POST', '/v1/imports', FILE, { 'content-type': 'text/csv' });
  const { id } = accepted.json() as { id: string };
  const { ObjectId } = store.connection.base.Types;
  const importId = new ObjectId(id);
  const change = (set: object) =>
    store.connection.collection('imports').updateOne({ _id: importId }, { $set: set });
  await change({ status: 'applying', partitions: 1, rowsTotal: 8 });
  await store.connection
    .collection('importPartitions')
    .insertOne({ importId, partition: 0, lastRow: 0, counts: NO_ROWS });
  return {
    ...gateway,
    id,
    port,
    change,
    publish: (published: number) =>
      store.connection
        .collection('importPartitions')
        .updateOne({ importId }, { $set: { 'counts.published': published } }),
    end: (published: number) =>
      change({ status: 'completed', finishedAt: new Date(), rows: { ...NO_ROWS, published } }),
    watch: async (headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}/v1/imports/${id}/events`, {
        headers: { authorization: `Bearer ${await token(MANAGER)}`, ...headers },
      }),
  };
}

/** The next event that is one. */
async function nextEvent(events: AsyncGenerator<SentEvent>): Promise<SentEvent | undefined> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) return undefined;
    if (value.event) return value;
  }
}

t.test('progress comes as it is made, done at the end, and then the stream closes', async (t) => {
  const { watch, publish, end, call, id } = await openImport(t);
  const answer = await watch();
  t.equal(answer.status, 200);
  t.match(Object.fromEntries(answer.headers), {
    'content-type': /^text\/event-stream/,
    'cache-control': /no-cache/,
    'x-accel-buffering': 'no',
  });
  const events = readEvents(answer.body!);
  t.match((await events.next()).value, { text: /^retry: \d+$/ });
  const first = await nextEvent(events);
  t.match(first, { event: 'progress', data: { id, status: 'applying', rows: { total: 8, published: 0 } } });
  await publish(3);
  const second = await nextEvent(events);
  t.match(second, { event: 'progress', data: { rows: { published: 3 }, progress: 0.375 } });
  t.not(second?.id, first?.id);
  await end(8);
  const last = await nextEvent(events);
  t.match(last, { event: 'done', data: { status: 'completed', rows: { published: 8 }, progress: 1 } });
  t.strictSame(
    last?.data,
    (await call(MANAGER, 'GET', `/v1/imports/${id}`)).json(),
    'the import as it is shown',
  );
  t.equal((await events.next()).done, true, 'closed by itself');
});

t.test('a client that comes back gets what it has not, and nothing again', async (t) => {
  const { watch, publish, end } = await openImport(t);
  const before = readEvents((await watch()).body!);
  const had = (await nextEvent(before))!.id!;
  await before.return(undefined);

  const unchanged = readEvents((await watch({ 'last-event-id': had })).body!);
  t.match((await unchanged.next()).value, { text: /^retry/ });
  await publish(1);
  t.match(await nextEvent(unchanged), { event: 'progress', data: { rows: { published: 1 } } });
  await unchanged.return(undefined);

  const changed = readEvents((await watch({ 'last-event-id': had })).body!);
  t.match(await nextEvent(changed), { event: 'progress', data: { rows: { published: 1 } } });
  await changed.return(undefined);

  await end(8);
  const ended = readEvents((await watch({ 'last-event-id': had })).body!);
  const done = await nextEvent(ended);
  t.match(done, { event: 'done', data: { rows: { published: 8 } } });
  t.equal((await ended.next()).done, true);
  // What tells a browser not to come back.
  t.equal((await watch({ 'last-event-id': done!.id! })).status, 204);
});

t.test('however fast it moves, a client hears of it four times a second at most', async (t) => {
  const { watch, publish, end } = await openImport(t);
  const events = readEvents((await watch()).body!);
  let moving = true;
  const move = (async () => {
    for (let published = 1; moving; published++) await publish(published);
  })();
  const times: number[] = [];
  while (times.length < 9) times.push((await nextEvent(events))!.atMs);
  moving = false;
  await move;
  // 8 pauses of a quarter of a second, less what the way from server to client may differ by.
  t.ok(times.at(-1)! - times[0]! > 1900, `${times.at(-1)! - times[0]!} ms`);
  await end(8);
  for (let event = await nextEvent(events); event; event = await nextEvent(events)) {
    if (event.event === 'done') t.pass('done');
  }
});

t.test('a gateway that stops ends the streams first, those of clients that read nothing too', async (t) => {
  const { watch, app, port, id, token } = await openImport(t);
  const open = await Promise.all(Array.from({ length: 20 }, () => watch()));
  const streams = open.map(({ body }) => readEvents(body!));
  await Promise.all(streams.map(nextEvent));
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.pause();
  const authorization = `Bearer ${await token(MANAGER)}`;
  socket.write(`GET /v1/imports/${id}/events HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
  await waitFor('the quiet client', async () => (await connections(app)) === 21, 5000);

  const since = performance.now();
  const closed = app.close();
  for (const events of streams) t.equal(await nextEvent(events), undefined);
  await closed;
  t.ok(performance.now() - since < 3000, `${performance.now() - since} ms`);
});

function connections({ server }: Gateway['app']): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

t.test('only managers of the organisation may watch', async (t) => {
  const { call, id } = await openGateway(t).then(async (gateway) => {
    const accepted = await gateway.call(MANAGER, 'POST', '/v1/imports', FILE, { 'content-type': 'text/csv' });
    return { ...gateway, id: accepted.json().id as string };
  });
  const statuses: number[] = [];
  for (const email of [null, 'asha.rao@example.org', 'operator@example.org', 'manager@other.example.net']) {
    statuses.push((await call(email, 'GET', `/v1/imports/${id}/events`)).statusCode);
  }
  t.same(statuses, [401, 403, 403, 404]);
  t.equal((await call(MANAGER, 'GET', '/v1/imports/nothing/events')).statusCode, 404);
  t.equal((await call(MANAGER, 'GET', `/v1/imports/${id}/events?after=1`)).statusCode, 422);
});
