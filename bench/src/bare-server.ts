/**
 * What the gateway is held against: a server whose two routes read a session by its id, and insert one with majority
 * write concern, and do nothing else. It checks nothing and knows nobody. A process of its own, as the gateway is.
 */
import Fastify from 'fastify';
import { type Document, MongoClient, ObjectId } from 'mongodb';

const HOUR_MS = 3_600_000;

const { MONGODB_URI, PORT, TEMPLATE_ID } = process.env;
const client = await new MongoClient(MONGODB_URI!, { maxPoolSize: 50 }).connect();
const sessions = client.db().collection('sessions');
const sessionsAgain = client.db().collection<Document>('sessionsAgain', { writeConcern: { w: 'majority' } });
/** As the gateway has stored one. */
const template = await sessions.findOne({ _id: new ObjectId(TEMPLATE_ID) });

const app = Fastify();
app.get('/readyz', async () => ({ status: 'ok' }));
app.get<{ Params: { id: string } }>('/v1/sessions/:id', async ({ params: { id } }) =>
  sessions.findOne({ _id: new ObjectId(id) }),
);
app.post<{ Body: { title: string; mentor: string; start: string } }>(
  '/v1/sessions',
  async ({ body: { title, mentor, start } }, reply) => {
    const session = {
      ...template,
      ...{ _id: new ObjectId(), title, mentorId: new ObjectId(mentor) },
      ...{ start: new Date(start), end: new Date(Date.parse(start) + HOUR_MS) },
    };
    await sessionsAgain.insertOne(session);
    return reply.code(201).send(session);
  },
);
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
process.on('SIGTERM', () => process.exit());
