import { createHash } from 'node:crypto';
import t from 'tap';
import { openGateway } from '../open-gateway.ts';

t.test(
  'a mailed link leads to a page that sets the password, and loads nothing from elsewhere',
  async (t) => {
    const { call } = await openGateway(t);
    const answer = await call(null, 'GET', '/set-password');
    t.equal(answer.statusCode, 200);
    t.match(answer.headers['content-type'], /^text\/html/);
    t.match(answer.headers['referrer-policy'], 'no-referrer');
    t.notMatch(answer.body, /(src|href)=/);
    t.match(answer.body, '/v1/auth/password-reset/confirm');
    const policy = String(answer.headers['content-security-policy']);
    t.match(policy, /^default-src 'none';.*frame-ancestors 'none'$/);
    for (const [tag, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ]) {
      const [, content = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(answer.body) ?? [];
      const hash = createHash('sha256').update(content).digest('base64');
      t.ok(policy.includes(`${directive} 'sha256-${hash}'`), `only the ${tag} that stands in it`);
    }
  },
);
