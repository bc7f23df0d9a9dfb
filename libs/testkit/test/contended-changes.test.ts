import t from 'tap';
import {
  brokenPromises,
  createPeople,
  mentorEmail,
  randomNumbers,
  runSuite,
  sessionFile,
  setup,
} from '../src/index.ts';

const MENTORS = 4;
const SESSIONS = 40;
const IMPORTS = 3;
const CHANGES = 240;
const DAYS = 6;

t.test(
  'edits, cancellations and seats through the gateway while imports change the same sessions',
  async (t) => {
    const fixtures = await setup(t);
    const { store, organisation, users } = fixtures;
    const suite = await runSuite(t, fixtures, { env: { LOG_LEVEL: 'warn', IMPORT_CHUNK_ROWS: '20' } });
    await createPeople(store, organisation.id, MENTORS);
    const manager = await suite.signIn('manager@example.org');
    const random = randomNumbers(7);
    const send = async (method: string, path: string, body?: object): Promise<Response> =>
      manager.fetch(path, {
        method,
        ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      });
    const startAt = (day: number, minutes: number) =>
      new Date(Date.UTC(2031, 5, 1 + day, 0, 30 + minutes)).toISOString();

    const ids: string[] = [];
    for (let n = 0; n < SESSIONS; n += 1) {
      const response = await send('POST', '/v1/sessions', {
        title: `Session ${n}`,
        description: 'Wanted by many',
        type: 'PUBLIC',
        mentor: mentorEmail(n % MENTORS),
        start: startAt(Math.floor(n / MENTORS) % DAYS, Math.floor(n / (MENTORS * DAYS)) * 120),
        durationMinutes: 45,
        recommendedFor: ['Teachers'],
        categories: ['Communication'],
        medium: ['English'],
      });
      t.equal(response.status, 201);
      ids.push(((await response.json()) as { id: string }).id);
    }

    const imports = Array.from({ length: IMPORTS }, async (_, file) => {
      const rows = ids.flatMap((id, n) => {
        if ((n + file) % 13 === 0) return [{ Action: 'Delete', id }];
        const day = String(1 + random(DAYS)).padStart(2, '0');
        const Time = `${String(6 + random(12)).padStart(2, '0')}:${random(2) ? '00' : '30'}`;
        return [
          { Action: 'Edit', id, title: `File ${file}, ${n}` },
          { Action: 'Edit', id, Date: `${day}-06-2031`, Zone: 'IST', Time },
        ];
      });
      const { id } = await manager.upload(`changes-${file}.csv`, new Uint8Array(sessionFile(rows)));
      return manager.waitForImport(id, () => {});
    });
    const meera = users.get('meera.iyer@example.org')!.id;
    const changes = Array.from({ length: CHANGES }, async (_, n) => {
      const path = `/v1/sessions/${ids[random(SESSIONS)]}`;
      const kind = n % 12;
      const response =
        kind === 0
          ? await send('DELETE', path)
          : kind < 3
            ? await send('PUT', `${path}/mentees/${meera}`)
            : kind < 5
              ? await send('DELETE', `${path}/mentees/${meera}`)
              : kind < 9
                ? await send('PATCH', path, { start: startAt(random(DAYS), random(20) * 30) })
                : await send('PATCH', path, { description: `Change ${n}` });
      await response.arrayBuffer();
      return response.status;
    });

    const statuses = await Promise.all(changes);
    t.same(
      statuses.filter((status) => ![200, 201, 204, 409].includes(status)),
      [],
      'a change is made or comes too late, nothing else',
    );
    const made = new Map(ids.map((id) => [id, 0]));
    for (const ended of await Promise.all(imports)) {
      t.equal(ended.status, 'completed');
      for (const { status, sessionId } of await manager.rows(ended.id)) {
        if (status === 'Updated' || status === 'Deleted') made.set(sessionId!, made.get(sessionId!)! + 1);
      }
    }
    t.same(await brokenPromises(store), []);
    for await (const { target, action } of store.connection.collection('auditLog').find()) {
      if (action !== 'session.created' && made.has(target.id)) made.set(target.id, made.get(target.id)! + 1);
    }
    const sessions = await store.connection.collection('sessions').find().toArray();
    t.equal(sessions.length, SESSIONS);
    for (const { _id, version } of sessions) {
      const id = _id.toHexString();
      t.equal(version, 1 + made.get(id)!, `session ${id} was changed as often as somebody was told so`);
    }
  },
);
