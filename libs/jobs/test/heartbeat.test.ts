import { openActivity, readVersion } from '@mentorline/runtime';
import { newId } from '@mentorline/store';
import t from 'tap';
import { startHeartbeat } from '../src/index.ts';
import { openStore, SILENT, until } from './servers.ts';

t.test(
  'a process tells that it is there and what it is busy with, and takes its entry away when it ends',
  async (t) => {
    const store = await openStore(t);
    const activity = openActivity();
    const id = newId();
    const heartbeat = startHeartbeat(
      { store, activity, logger: SILENT },
      { id, service: 'importer', drain: () => {} },
    );
    await activity.during('import', 'an-import', async () => {
      activity.count('rows', 7);
      await until('it tells', async () => (await store.heartbeats.listHeartbeats())[0]?.busy.length === 1);
      const [beat] = await store.heartbeats.listHeartbeats();
      t.match(beat, {
        id,
        service: 'importer',
        version: readVersion(),
        pid: process.pid,
        perMinute: { rows: 7 },
      });
      t.match(beat, { busy: [{ kind: 'import', id: 'an-import' }], draining: false });
      t.ok(beat!.silentMs < 5_000);
    });
    await heartbeat.stop();
    t.same(await store.heartbeats.listHeartbeats(), []);
  },
);

t.test('a process that is asked to drain hears it and says so, and may take work again', async (t) => {
  const store = await openStore(t);
  const heard: boolean[] = [];
  const [id, gateway] = [newId(), newId()];
  const deps = { store, activity: openActivity(), logger: SILENT };
  const relay = { works: false, since: new Date(), error: 'ECONNREFUSED' };
  const beats = [
    startHeartbeat(deps, {
      ...{ id, service: 'notifier', relay: () => relay },
      drain: (draining) => void heard.push(draining),
    }),
    startHeartbeat(deps, { id: gateway, service: 'api' }),
  ];
  t.teardown(() => Promise.all(beats.map((beat) => beat.stop())));
  const ask = (of: string, at: Date | null) =>
    store.transaction((transaction) => store.heartbeats.askToDrain(transaction, { id: of }, at));
  const state = async () =>
    (await store.heartbeats.listHeartbeats()).find((beat) => beat.id === id)?.draining;
  await until('both are there', async () => (await store.heartbeats.listHeartbeats()).length === 2);
  t.same(await ask(id, new Date()), [{ id, service: 'notifier' }]);
  await until('it drains', async () => (await state()) === true);
  t.same(await ask(id, null), [{ id, service: 'notifier' }]);
  await until('it works again', async () => (await state()) === false);
  t.same(heard, [true, false]);
  const told = (await store.heartbeats.listHeartbeats()).find((beat) => beat.id === id);
  t.same(told?.relay, relay, 'and how its relay is');
  t.same(await ask(gateway, new Date()), [], 'a gateway is not drained by itself');
  t.same(await ask(newId(), new Date()), []);
});
