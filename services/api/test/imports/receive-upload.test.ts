import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { waitFor } from '@mentorline/testkit';
import t from 'tap';
import { type Gateway, openGateway } from '../open-gateway.ts';

const MANAGER = 'manager@example.org';
const HEADER =
  'Action,id,title,description,type,Mentor(Email),Mentees(Email),Date(DD-MM-YYYY),Time Zone(IST/UTC),' +
  'Time (24 hrs),Duration(Min),recommended_for,categories,medium\n';
const ROW =
  'Create,,One,A talk,Public,asha.rao@example.org,,14-06-2027,IST,15:00 Hrs,60,Teachers,Communication,English\n';
const MIB = 1024 * 1024;
const BOUNDARY = '----mentorline';
const FORM_HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n`;
const TYPES = { raw: 'text/csv', form: `multipart/form-data; boundary=${BOUNDARY}` } as const;

async function upload(gateway: Gateway, kind: keyof typeof TYPES) {
  const { port } = gateway.app.server.address() as AddressInfo;
  const sent = request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/v1/imports',
    headers: { authorization: `Bearer ${await gateway.token(MANAGER)}`, 'content-type': TYPES[kind] },
  });
  if (kind === 'form') sent.write(FORM_HEAD);
  return sent;
}

async function send(sent: ReturnType<typeof request>, piece: Buffer, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) if (!sent.write(piece)) await once(sent, 'drain');
}

/** Everything by hand on a bare connection: not a byte of the answer is read before the last one is sent. */
async function sendThenRead(
  gateway: Gateway,
  kind: keyof typeof TYPES,
  start: string,
  piece: Buffer,
  times: number,
): Promise<string> {
  const { port } = gateway.app.server.address() as AddressInfo;
  const first = (kind === 'form' ? FORM_HEAD : '') + start;
  const socket = connect(port, '127.0.0.1').pause();
  socket.write(
    `POST /v1/imports HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${await gateway.token(MANAGER)}\r\n` +
      `Content-Type: ${TYPES[kind]}\r\nContent-Length: ${first.length + piece.length * times}\r\n\r\n${first}`,
  );
  for (let n = 0; n < times; n += 1) if (!socket.write(piece)) await once(socket, 'drain');
  socket.end();
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function answerTo(sent: ReturnType<typeof request>) {
  const [response] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) };
}

const gateway = await openGateway(t, { env: { MAX_UPLOAD_BYTES: String(24 * MIB) } });
await gateway.app.listen({ host: '127.0.0.1', port: 0 });
const count = async (name: string) => gateway.store.connection.collection(name).countDocuments();
const kept = async () =>
  (await count('files.files')) + (await count('files.chunks')) + (await count('imports'));
const rows = Buffer.from(ROW.repeat(Math.ceil(MIB / ROW.length)));

for (const kind of ['raw', 'form'] as const) {
  t.test(`an upload that breaks off leaves nothing (${kind})`, async (t) => {
    const sent = await upload(gateway, kind);
    sent.on('error', () => {});
    sent.write(HEADER);
    await send(sent, rows, 4);
    await waitFor('the first chunks', async () => (await count('files.chunks')) >= 2, 5_000);
    sent.destroy();
    await waitFor('nothing being left', async () => (await kept()) === 0, 5_000);
    const logged = (text: string) => gateway.log.some((line) => line.includes(text));
    await waitFor('the log of it', async () => logged('client broke off'), 5_000);
    t.notOk(logged('request failed'), 'and is no fault of ours');
    gateway.log.length = 0;
  });

  t.test(`a client that reads only after it has sent everything gets the refusal (${kind})`, async (t) => {
    for (const [start, piece, count, status, code] of [
      ['PK\x03\x04', Buffer.alloc(MIB), 12, 422, 'FILE_NOT_TEXT'],
      [HEADER, rows, 30, 413, 'PAYLOAD_TOO_LARGE'],
    ] as const) {
      const answer = await sendThenRead(gateway, kind, start, piece, count);
      t.match(answer, new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*"code":"${code}"`));
    }
    t.equal(await kept(), 0);
  });

  t.test(`the refusal comes while the rest is still to be sent (${kind})`, async (t) => {
    const sent = await upload(gateway, kind);
    sent.on('error', () => {});
    sent.write('title,description\n');
    await send(sent, rows, 1);
    t.match(await answerTo(sent), { status: 422, body: { code: 'COLUMN_MISSING' } });
    sent.destroy();
    t.equal(await kept(), 0);
  });
}

t.test('who may not upload is told so before anything is read', async (t) => {
  const { port } = gateway.app.server.address() as AddressInfo;
  const sent = request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/v1/imports',
    headers: { 'content-type': 'text/csv' },
  });
  sent.on('error', () => {});
  sent.write(HEADER);
  t.match(await answerTo(sent), { status: 401, body: { code: 'UNAUTHENTICATED' } });
  sent.destroy();
});
