import t from 'tap';
import { loadApiConfig } from '../src/config.ts';

t.test('an empty environment gives the defaults of a laptop', async (t) => {
  const config = loadApiConfig({});
  t.equal(config.PORT, 3000);
  t.equal(config.JWT_SECRET, '');
  t.equal(config.MONGODB_URI, 'mongodb://127.0.0.1:27017/mentorline?replicaSet=rs0');
});

t.test('production does not start without a strong secret', async (t) => {
  t.throws(() => loadApiConfig({ NODE_ENV: 'production' }), { message: /JWT_SECRET is not set/ });
  t.throws(() => loadApiConfig({ NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(31) }), {
    message: /JWT_SECRET is too short/,
  });
  t.equal(loadApiConfig({ NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32) }).NODE_ENV, 'production');
});

t.test('all faults are told at once', async (t) => {
  const message = /PORT=eighty[\s\S]*MAX_UPLOAD_BYTES=0|MAX_UPLOAD_BYTES=0[\s\S]*PORT=eighty/;
  t.throws(() => loadApiConfig({ PORT: 'eighty', MAX_UPLOAD_BYTES: '0' }), { message });
});

t.test('the pause of a stop and its deadline fit into the time in which a service has stopped', async (t) => {
  t.equal(loadApiConfig({ STOP_PAUSE_MS: '4000' }).STOP_PAUSE_MS, 4_000);
  t.throws(() => loadApiConfig({ STOP_PAUSE_MS: '4001' }), { message: /STOP_PAUSE_MS and STOP_DEADLINE_MS/ });
});
