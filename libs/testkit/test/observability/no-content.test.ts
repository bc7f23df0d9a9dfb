import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import t from 'tap';
import { createPeople, randomRows, runSuite, sessionFile, setup, waitFor } from '../../src/index.ts';
import { startTraceCollector } from './trace-collector.ts';

/** A relay that knows nobody, and says whom it does not know. */
async function startUnwilling(t: { teardown(run: () => unknown): unknown }): Promise<string> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo({ address }, _session, answer) {
      const refusal = new Error(`5.1.1 <${address}>: user unknown`);
      answer(Object.assign(refusal, { responseCode: 550 }));
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  t.teardown(() => new Promise<void>((resolve) => server.close(resolve)));
  return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

t.test(
  'what people wrote, and who they are, stands in no log line, span or metric at any level',
  async (t) => {
    const fixtures = await setup(t);
    await createPeople(fixtures.store, fixtures.organisation.id, 3);
    const collector = await startTraceCollector(t);
    const suite = await runSuite(t, fixtures, {
      env: {
        LOG_LEVEL: 'trace',
        SMTP_URL: await startUnwilling(t),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '200',
      },
      onEnd: (name, how) => t.comment(`${name} ended: ${how}`),
    });
    const canaries: string[] = [];
    const canary = (): string => {
      const made = `canary${randomBytes(8).toString('hex')}`;
      canaries.push(made);
      return made;
    };
    const admin = await suite.signIn('admin@example.org');
    const manager = await suite.signIn('manager@example.org');
    const upload = async (
      by: typeof manager,
      query: string,
      file: Buffer | string,
    ): Promise<string | undefined> => {
      const answer = await by.fetch(`/v1/imports?${query}&fileName=${canary()}.csv`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body: new Uint8Array(Buffer.from(file)),
      });
      return ((await answer.json()) as { id?: string }).id;
    };
    const unknownColumn = canary();
    const rows = randomRows({ rows: 20, mentors: 3, days: 20, seed: 5 }).map((row) => ({
      ...row,
      ...{ title: canary(), description: canary(), [unknownColumn]: canary() },
    }));
    const [first, second, ...others] = rows;
    const failing = [
      { ...first!, Mentees: `${canary()}@example.org` },
      {
        ...second!,
        Mentor: `${canary()}@example.org`,
        Platform: canary(),
        Link: `https://${canary()}.example.org`,
        Passcode: canary(),
      },
      { ...second!, Date: canary(), Time: canary(), Duration: canary(), categories: canary() },
    ];
    const sheet = sessionFile([...failing, ...others]);
    const people = `name,email,roles\r\n${canary()},${canary()}@example.org,mentee\r\n${canary()},${canary()},${canary()}\r\n`;
    const ids = [
      await upload(manager, 'kind=sessions', sheet),
      await upload(manager, 'kind=sessions&mode=check', sheet),
      // A quote that never ends: found when the file is staged.
      await upload(manager, 'kind=sessions', `${sheet.toString()}Create,,"${canary()},${canary()}\r\n`),
      await upload(admin, 'kind=users', people),
    ];
    t.equal(ids.filter(Boolean).length, 4, 'all were accepted');
    await manager.fetch(`/v1/users?search=${canary()}`);
    await manager.fetch(`/v1/sessions?search=${canary()}&sort=${canary()}`);
    await manager.fetch(`/v1/${canary()}`);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    await manager.fetch('/v1/sessions', {
      ...json,
      body: JSON.stringify({ title: canary(), mentor: canary() }),
    });
    await manager.fetch('/v1/sessions', { ...json, body: `{"title":"${canary()}` });

    const { mails } = fixtures.store;
    const look = async () => {
      const imports = await Promise.all(ids.map((id) => fixtures.store.imports.findImport(id!)));
      const sent = await Promise.all(imports.map((ended) => ended?.mailId && mails.findMail(ended.mailId)));
      return { imports, sent };
    };
    await waitFor('everything ended, and its mail was refused', async () => {
      const { sent } = await look();
      return sent.every((mail) => mail && mail.status === 'failed');
    }).catch(async (error: unknown) => {
      // Seen once on a machine that was very busy, and not understood: what hung is to be told the next time.
      t.comment(JSON.stringify(await look()));
      throw error;
    });
    const invitation = { kind: 'invitation', status: 'failed' };
    const invited = fixtures.store.connection.collection('mails');
    await waitFor('the invitation too', async () => (await invited.countDocuments(invitation)) === 1);
    const metrics = await Promise.all(
      (['api', 'importer', 'notifier'] as const).map(async (name) =>
        (await fetch(`${suite.internalUrl(name)}/metrics`)).text(),
      ),
    );
    await Promise.all([suite.stop('api'), suite.stop('importer'), suite.stop('notifier')]);

    const logs = await suite.logs();
    t.match(logs, '"mail given up"');
    t.match(logs, '"import failed"');
    t.match(
      metrics.join('\n'),
      /^mentorline_import_row_errors_total\{code="USER_NOT_FOUND",service="importer"\} [1-9]/mu,
    );
    t.match(collector.raw(), '"smtp"');
    const names = [...fixtures.users.values()].map(({ name }) => name);
    for (const [what, told] of Object.entries({
      logs,
      metrics: metrics.join('\n'),
      traces: collector.raw(),
    })) {
      t.same(
        canaries.filter((word) => told.includes(word)),
        [],
        what,
      );
      t.same(
        names.filter((name) => told.includes(name)),
        [],
        `${what}: names`,
      );
      t.notMatch(told, /[\w.]+@[\w-]+\.\w/u, `${what}: addresses`);
    }
  },
);
