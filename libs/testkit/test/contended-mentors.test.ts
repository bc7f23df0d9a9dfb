import t from 'tap';
import {
  brokenPromises,
  createPeople,
  mentorEmail,
  randomNumbers,
  randomRows,
  runSuite,
  sessionFile,
  setup,
} from '../src/index.ts';

const IMPORTS = 8;
const ROWS = 400;
const MENTORS = 10;
const SINGLE_SESSIONS = 200;
const DAYS = 10;

t.test('eight imports and 200 single sessions after the same mentors book nobody twice', async (t) => {
  const fixtures = await setup(t);
  const { store, organisation } = fixtures;
  const env = { WORKER_CONCURRENCY: '8', LOG_LEVEL: 'warn' };
  const suite = await runSuite(t, fixtures, { env });
  await createPeople(store, organisation.id, MENTORS);
  const manager = await suite.signIn('manager@example.org');
  const random = randomNumbers(5);

  const imports = Array.from({ length: IMPORTS }, async (_, seed) => {
    const rows = randomRows({ rows: ROWS, mentors: MENTORS, days: DAYS, seed });
    const { id } = await manager.upload(`file-${seed}.csv`, new Uint8Array(sessionFile(rows)));
    return manager.waitForImport(id, () => {});
  });
  const singles = Array.from({ length: SINGLE_SESSIONS }, async (_, n) => {
    const start = new Date(Date.UTC(2031, 5, 1 + random(DAYS), 3 + random(14), random(4) * 15));
    const response = await manager.fetch('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        title: `Single session ${n}`,
        description: 'Made while imports run',
        type: 'PUBLIC',
        mentor: mentorEmail(random(MENTORS)),
        start: start.toISOString(),
        durationMinutes: 45,
        recommendedFor: ['Teachers'],
        categories: ['Communication'],
        medium: ['English'],
      }),
    });
    await response.arrayBuffer();
    return response.status;
  });

  const statuses = await Promise.all(singles);
  const odd = statuses.filter((status) => status !== 201 && status !== 409);
  t.same(odd, [], 'a single session is created or its slot is taken, nothing else');
  for (const ended of await Promise.all(imports)) {
    t.equal(ended.status, 'completed');
    t.equal(ended.rows.total, ROWS);
  }
  t.same(await brokenPromises(store), []);
  const created = statuses.filter((status) => status === 201).length;
  const sessions = store.connection.collection('sessions');
  t.equal(await sessions.countDocuments({ importId: { $exists: false } }), created);
  t.ok((await sessions.countDocuments()) > created, 'both ways of booking got through');
});

t.test('of two who want one slot at the same time exactly one gets it, fifty times', async (t) => {
  const fixtures = await setup(t);
  const suite = await runSuite(t, fixtures, { services: ['api'] });
  const manager = await suite.signIn('manager@example.org');
  const book = async (day: number): Promise<number> => {
    const response = await manager.fetch('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        title: 'The same hour',
        description: 'Wanted by two at once',
        type: 'PUBLIC',
        mentor: 'asha.rao@example.org',
        start: new Date(Date.UTC(2031, 0, day, 9)).toISOString(),
        durationMinutes: 60,
        recommendedFor: ['Teachers'],
        categories: ['Communication'],
        medium: ['English'],
      }),
    });
    const body = (await response.json()) as { code?: string };
    if (response.status === 409) t.equal(body.code, 'MENTOR_SLOT_TAKEN');
    return response.status;
  };
  for (let day = 1; day <= 50; day += 1) {
    const statuses = await Promise.all([book(day), book(day)]);
    t.same(statuses.sort(), [201, 409], `day ${day}`);
  }
  t.same(await brokenPromises(fixtures.store), []);
});
