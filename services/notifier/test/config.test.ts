import t from 'tap';
import { loadNotifierConfig } from '../src/config.ts';

t.test('a laptop needs no setting', async (t) => {
  const config = loadNotifierConfig({});
  t.equal(config.SMTP_URL, 'smtp://127.0.0.1:1025');
  t.equal(config.INTERNAL_PORT, 3012);
  t.same(config.from, { name: 'mentorline', address: 'no-reply@localhost.localdomain' });
});

t.test('the sender is a name and an address, or an address', async (t) => {
  const from = (MAIL_FROM: string) => loadNotifierConfig({ MAIL_FROM }).from;
  t.same(from('Mentoring, Pune <mail@example.org>'), {
    name: 'Mentoring, Pune',
    address: 'mail@example.org',
  });
  t.same(from('"Mentoring" <mail@example.org>'), { name: 'Mentoring', address: 'mail@example.org' });
  t.same(from('mail@example.org'), { name: '', address: 'mail@example.org' });
  t.throws(() => from('nobody'), /MAIL_FROM=nobody/);
  t.throws(() => from('a@example.org, b@example.org'), /MAIL_FROM=/);
});

t.test('production starts only with its own relay, sender and address', async (t) => {
  t.throws(() => loadNotifierConfig({ NODE_ENV: 'production' }), /SMTP_URL.*MAIL_FROM.*PUBLIC_URL/s);
  const given = {
    SMTP_URL: 'smtps://user:secret@relay.example.org',
    MAIL_FROM: 'mail@example.org',
    PUBLIC_URL: 'https://mentoring.example.org',
  };
  t.equal(loadNotifierConfig({ NODE_ENV: 'production', ...given }).SMTP_URL, given.SMTP_URL);
});

t.test('the address of the relay takes the parameters that are followed, and no others', async (t) => {
  const relay = 'smtp://user:secret@relay.example.org:587';
  const known = '?name=a.example.org&requireTLS=true&tls.rejectUnauthorized=false&tls.minVersion=TLSv1.2';
  t.equal(loadNotifierConfig({ SMTP_URL: relay + known }).SMTP_URL, relay + known);
  for (const [parameter, told] of [
    [
      'proxy=http://user:secret@proxy.example.org',
      /parameter proxy is not supported: relays are reached directly/,
    ],
    ['maxConnections=9', /parameter maxConnections is not supported: set WORKER_CONCURRENCY/],
    ['logger=true', /parameter logger is not supported: take it out; there are name, /],
    ['toString=1', /parameter toString is not supported/],
    ['ignoreTLS=no', /parameter ignoreTLS must match/],
  ] as const) {
    const load = () => loadNotifierConfig({ SMTP_URL: `${relay}?name=a&${parameter}` });
    t.throws(load, told, parameter);
    t.throws(load, /^(?!.*secret)/su);
  }
  t.throws(() => loadNotifierConfig({ SMTP_URL: 'smtp://relay.example.org:many' }), /SMTP_URL is no URL/);
});

t.test('an address of another kind is refused', async (t) => {
  t.throws(() => loadNotifierConfig({ SMTP_URL: 'http://relay.example.org' }), /SMTP_URL/);
  t.throws(() => loadNotifierConfig({ PUBLIC_URL: 'mentoring.example.org' }), /PUBLIC_URL/);
});

t.test('reports link to the gateway, or to where a web client shows imports', async (t) => {
  const linksOf = (environment: NodeJS.ProcessEnv) => loadNotifierConfig(environment).importsUrl;
  const PUBLIC_URL = 'https://api.example.org/';
  t.equal(linksOf({ PUBLIC_URL }), 'https://api.example.org/v1/imports');
  t.equal(
    linksOf({ PUBLIC_URL, IMPORTS_URL: 'https://app.example.org/#/imports/' }),
    'https://app.example.org/#/imports',
  );
  t.throws(() => linksOf({ PUBLIC_URL, IMPORTS_URL: 'app.example.org' }), /IMPORTS_URL/);
});
