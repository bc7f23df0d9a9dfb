import { Types } from 'mongoose';
import t from 'tap';
import { rarestFirst } from '../src/rarest-first.ts';
import { HOUR_MS } from './builders.ts';
import { openStore } from './open-store.ts';

const SESSIONS = 6_000;
/** In every so manieth session; in more than 200 of them all but the last. */
const WORDS = { often: 2, seldom: 7, sometimes: 3, rarely: 100 } as const;

t.test('what is rarest comes first, also of what is common', async (t) => {
  const { connection: db } = await openStore(t);
  const sessions = db.collection('sessions');
  const organisationId = new Types.ObjectId();
  await sessions.insertMany(
    Array.from({ length: SESSIONS }, (_, n) => ({
      organisationId,
      searchKeys: Object.entries(WORDS).flatMap(([word, every]) => (n % every ? [] : [word])),
      start: new Date(n * HOUR_MS),
    })),
  );
  const order = rarestFirst({ db, collection: sessions }, 'start');
  const conditionOf = (word: string) => ({ organisationId, searchKeys: { $in: [word] } });
  t.same(await order(Object.keys(WORDS), conditionOf), ['rarely', 'seldom', 'sometimes', 'often']);
  t.same(await order(['often', 'nowhere', 'rarely'], conditionOf), ['nowhere', 'rarely', 'often']);
  await sessions.deleteMany({});
  t.same(await order(['seldom', 'rarely'], conditionOf), ['rarely', 'seldom'], 'remembered for a while');
});
