import t from 'tap';
import { openActivity } from '../src/index.ts';

t.test('a process is busy with what it has begun and not ended, however that ends', async (t) => {
  const activity = openActivity();
  const ends: (() => void)[] = [];
  const work = activity.during('import', 'a', () => new Promise<void>((resolve) => ends.push(resolve)));
  const failing = activity.during(
    'mail',
    'b',
    () => new Promise((_, reject) => ends.push(() => reject(new Error('x')))),
  );
  t.match(activity.read().busy, [
    { kind: 'import', id: 'a' },
    { kind: 'mail', id: 'b' },
  ]);
  for (const end of ends) end();
  await work;
  await t.rejects(failing);
  t.same(activity.read().busy, []);
});

t.test('of very much work what was begun first is told', async (t) => {
  const activity = openActivity();
  const ends = Array.from({ length: 60 }, (_, n) => activity.begin('request', String(n)));
  t.equal(activity.read().busy.length, 50);
  t.match(activity.read().busy[0], { kind: 'request', id: '0' });
  for (const end of ends) end();
  ends[0]!();
  t.same(activity.read().busy, []);
});

t.test('what was done is told for the last minute', async (t) => {
  let nowMs = 0;
  const activity = openActivity(() => nowMs);
  activity.count('rows', 500);
  nowMs = 30_000;
  activity.count('rows', 20);
  activity.count('mails');
  t.same(activity.read().perMinute, { rows: 520, mails: 1 });
  nowMs = 70_000;
  t.same(activity.read().perMinute, { rows: 20, mails: 1 });
  nowMs = 200_000;
  t.same(activity.read().perMinute, { rows: 0, mails: 0 });
});
