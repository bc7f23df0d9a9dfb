import { readFile } from 'node:fs/promises';
import { metricsIn } from '@mentorline/devstack';
import t from 'tap';
import { createPeople, randomRows, runSuite, sessionFile, setup } from '../../src/index.ts';

const REPOSITORY = new URL('../../../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, REPOSITORY), 'utf8');

const RULES = 'deploy/alerts/mentorline.rules.yml';
const DASHBOARD = 'deploy/grafana/mentorline.json';

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

/** What stands in a file of rules for Prometheus; it is written one key a line, long expressions folded. */
function alertsIn(rules: string): { name: string; expression: string; runbook: string }[] {
  return rules
    .split(/^\s+- alert: /mu)
    .slice(1)
    .map((rule) => ({
      name: rule.split('\n', 1)[0]!,
      expression: /expr: (?:>-)?([\s\S]*?)\n\s+(?:for|labels):/u.exec(rule)![1]!.trim(),
      runbook: /runbook_url: (.+)/u.exec(rule)![1]!,
    }));
}

const SERVICES = ['api', 'importer', 'notifier'] as const;

type Suite = Awaited<ReturnType<typeof runSuite>>;

async function scrape(suite: Suite, name: (typeof SERVICES)[number]): Promise<string> {
  return (await fetch(`${suite.internalUrl(name)}/metrics`)).text();
}

/** The series of counters that an expression looks for an increase in: their names, and what their labels must be. */
function increasesIn(expression: string): { name: string; labels: [string, RegExp][] }[] {
  return [...expression.matchAll(/increase\((\w+)\{([^}]*)\}/gu)].map(([, name, matchers]) => ({
    name: name!,
    labels: [...matchers!.matchAll(/(\w+)=~?"([^"]*)"/gu)].map(([, label, value]) => [
      label!,
      new RegExp(`^(?:${value})$`, 'u'),
    ]),
  }));
}

/** Every metric with its type and its labels, as the services tell it after an import. */
async function toldMetrics(
  t: Parameters<typeof runSuite>[0],
): Promise<{ told: Map<string, { type: string; labels: string[] }>; atFirst: string }> {
  const fixtures = await setup(t);
  await createPeople(fixtures.store, fixtures.organisation.id, 3);
  const suite = await runSuite(t, fixtures, { env: { LOG_LEVEL: 'warn' } });
  const atFirst = (await Promise.all(SERVICES.map((name) => scrape(suite, name)))).join('\n');
  const manager = await suite.signIn('manager@example.org');
  const rows = randomRows({ rows: 30, mentors: 3, days: 20, seed: 3 });
  const file = sessionFile([{ ...rows[0]!, Mentor: 'nobody@example.org' }, ...rows]);
  const { id } = await manager.upload('sessions.csv', new Uint8Array(file));
  await manager.waitForImport(id, () => {});
  const told = new Map<string, { type: string; labels: string[] }>();
  for (const name of SERVICES) {
    const text = await scrape(suite, name);
    for (const [, metric, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)) {
      const series = new RegExp(`^${metric}(?:_count)?\\{(.*)\\} `, 'mu').exec(text)?.[1] ?? '';
      const labels = [...series.matchAll(/(\w+)="/gu)].map(([, label]) => label!);
      const others = labels.filter((label) => label !== 'service');
      const before = told.get(metric!);
      told.set(metric!, { type: type!, labels: before && before.labels.length > 0 ? before.labels : others });
    }
  }
  return { told, atFirst };
}

t.test('what is documented, drawn and watched for is what the services tell', async (t) => {
  const { told, atFirst } = await toldMetrics(t);
  const operations = await read('docs/operations.md');
  const documented = [...operations.matchAll(/^\| `(mentorline_\w+)`\s*\| (\w+)\s*\| ([^|]*?)\s*\|/gmu)];
  t.same(
    documented.map(([, name]) => name).sort(),
    [...told.keys()].filter((name) => name.startsWith('mentorline_')).sort(),
    'the table of docs/operations.md is complete',
  );
  for (const [, name, type, labels = ''] of documented) {
    const metric = told.get(name!);
    t.equal(metric?.type, type, name!);
    // Nothing of it has happened yet where there is no series.
    const expected = [...labels.matchAll(/`(\w+)`/gu)].map(([, label]) => label);
    if (metric && metric.labels.length > 0) t.same(metric.labels.sort(), expected.sort(), `${name}: labels`);
  }

  const isTold = (name: string): boolean => {
    const histogram = told.get(name.replace(/_(?:bucket|count|sum)$/u, ''));
    return told.has(name) || histogram?.type === 'histogram';
  };
  const { panels } = JSON.parse(await read(DASHBOARD)) as { panels: Panel[] };
  const drawn = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: title, expr })),
  );
  const watched = alertsIn(await read(RULES)).map(({ name, expression }) => ({
    where: name,
    expr: expression,
  }));
  t.ok(drawn.length > 30 && watched.length > 10);
  for (const { where, expr } of [...drawn, ...watched]) {
    // Grafana's own variable.
    const names = metricsIn(expr.replaceAll('$__rate_interval', '5m'));
    t.ok(names.length > 0, where);
    t.same(
      names.filter((name) => !isTold(name)),
      [],
      where,
    );
  }

  // To Prometheus a series that appears with a value has not increased: the first fault of a process would go untold.
  const series = [...atFirst.matchAll(/^(\w+)\{(.*)\} 0$/gmu)].map(([, name, labels]) => ({
    name,
    labels: new Map([...labels!.matchAll(/(\w+)="([^"]*)"/gu)].map(([, label, value]) => [label!, value!])),
  }));
  const increases = watched.flatMap(({ expr }) => increasesIn(expr));
  t.ok(increases.length > 4);
  for (const { name, labels } of increases) {
    t.ok(
      series.some(
        (one) =>
          one.name === name && labels.every(([label, value]) => value.test(one.labels.get(label) ?? '')),
      ),
      `${name} of ${labels} is told before there is any`,
    );
  }
  t.match(
    atFirst,
    /^mentorline_import_rows_total\{status="published",/mu,
    'rows that stand still are no rate else',
  );
});

t.test('every alert has its heading in docs/operations.md, and every heading its alert', async (t) => {
  const alerts = alertsIn(await read(RULES));
  const headings = [...(await read('docs/operations.md')).matchAll(/^#### (Mentorline\w+)$/gmu)];
  t.same(headings.map(([, name]) => name).sort(), alerts.map(({ name }) => name).sort());
  for (const { name, runbook } of alerts) t.equal(runbook, `docs/operations.md#${name.toLowerCase()}`);
});

t.test('what is no PromQL is found out', async (t) => {
  t.throws(() => metricsIn('sum(rate(mentorline_imports[5m])'), /not PromQL/);
  t.same(metricsIn('max by (queue) (mentorline_queue_jobs{state="waiting"}) > 3'), ['mentorline_queue_jobs']);
});
