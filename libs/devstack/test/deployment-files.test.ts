import { readFile, writeFile } from 'node:fs/promises';
import { IMPORT_STATUSES, TERMINAL_IMPORT_STATUSES, WAITING_MAIL_STATES } from '@mentorline/domain';
import t from 'tap';
import { checkCustomResources } from '../src/deployment/check-custom-resources.ts';
import { metricsIn } from '../src/deployment/metric-names.ts';
import { fetchKubernetesValidate } from '../src/deployment/tools.ts';

const MAIL_PRIORITIES = [0, 1, 2];

const REPOSITORY = new URL('../../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, REPOSITORY), 'utf8');

t.test(
  'importers are scaled by the imports that are not finished, notifiers by the mails that are due',
  async (t) => {
    const queryOf = async (service: string) => {
      const scaler = await read(`deploy/kubernetes/keda/${service}-scaler.yaml`);
      return JSON.parse(/query: '(.+)'/u.exec(scaler)![1]!);
    };
    const unfinished = IMPORT_STATUSES.filter((status) => !TERMINAL_IMPORT_STATUSES.includes(status));
    t.strictSame(await queryOf('importer'), { status: { $in: unfinished } });
    t.strictSame(await queryOf('notifier'), {
      status: { $in: WAITING_MAIL_STATES },
      // In the form for which there is an index.
      priority: { $in: [...MAIL_PRIORITIES, null] },
      $expr: { $lte: ['$nextAttemptAt', '$$NOW'] },
    });
  },
);

t.test(
  'with a Prometheus they are scaled by what they have in hand and how long the oldest waits',
  async (t) => {
    const queryOf = async (service: string) => {
      const scaler = await read(`deploy/kubernetes/keda-prometheus/${service}-scaler.yaml`);
      return metricsIn(/query: >-([\s\S]*?)\n\s+threshold:/u.exec(scaler)![1]!.trim()).sort();
    };
    t.strictSame(await queryOf('importer'), [
      'mentorline_import_oldest_waiting_seconds',
      'mentorline_imports',
      'mentorline_queue_jobs',
    ]);
    t.strictSame(await queryOf('notifier'), [
      'mentorline_outbox_mails',
      'mentorline_outbox_oldest_due_seconds',
      'mentorline_queue_jobs',
    ]);
  },
);

t.test('the Prometheus Operator is given the rules of deploy/alerts, word for word', async (t) => {
  const file = 'deploy/kubernetes/prometheus-operator/rules.yaml';
  const rules = await read('deploy/alerts/mentorline.rules.yml');
  const expected = [
    '# deploy/alerts/mentorline.rules.yml as the Prometheus Operator takes it. Written by',
    '# `UPDATE_SNAPSHOT=1 npm test -- libs/devstack/test/deployment-files.test.ts`.',
    'apiVersion: monitoring.coreos.com/v1',
    'kind: PrometheusRule',
    'metadata:',
    '  name: mentorline',
    'spec:',
    ...rules.split('\n').map((line) => (line ? `  ${line}` : '')),
  ].join('\n');
  if (process.env.UPDATE_SNAPSHOT === '1') await writeFile(new URL(file, REPOSITORY), expected);
  t.equal(await read(file), expected);
});

t.test('of every alert it is tried out when it fires, and when it is quiet', async (t) => {
  const alerts = [...(await read('deploy/alerts/mentorline.rules.yml')).matchAll(/- alert: (\w+)/gu)];
  const cases = await read('deploy/alerts/mentorline.test.yml');
  t.ok(alerts.length > 10);
  for (const [, alert] of alerts) {
    t.match(
      cases,
      new RegExp(`^ +alertname: ${alert}\n +exp_alerts:\n +- exp_labels`, 'mu'),
      `${alert} fires`,
    );
    t.match(
      cases,
      new RegExp(`^ +- \\{ eval_time: \\w+, alertname: ${alert} \\}$`, 'mu'),
      `${alert} is quiet`,
    );
  }
});

t.test('a field that the kind of an operator does not have is found out', async (t) => {
  const env = { ...process.env, PYTHONPATH: await fetchKubernetesValidate(process.env, () => {}) };
  const scaler = await read('deploy/kubernetes/keda-prometheus/importer-scaler.yaml');
  t.equal(checkCustomResources(scaler, env), '');
  t.match(
    checkCustomResources(scaler.replace('maxReplicaCount', 'maxReplicas'), env),
    /'maxReplicas' was unexp/,
  );
  t.match(checkCustomResources(scaler.replace('"false"', 'false'), env), /^ScaledObject importer, /);
});

t.test('the Prometheus Operator finds the pods of every service, on a port that they have', async (t) => {
  const monitor = await read('deploy/kubernetes/prometheus-operator/pods.yaml');
  const spec = monitor.slice(monitor.indexOf('spec:'));
  const [, label, port] =
    /^spec:\n {2}selector:\n {4}matchLabels: \{ (\S+: \S+) \}\n {2}podMetricsEndpoints:\n {4}- \{ port: (\w+), path: \/metrics, interval: 15s \}\n$/u.exec(
      spec,
    ) ?? [];
  t.match(
    await read('deploy/kubernetes/base/kustomization.yaml'),
    `- pairs: { ${label} }\n    includeTemplates: true`,
  );
  for (const service of ['api', 'importer', 'notifier']) {
    t.match(
      await read(`deploy/kubernetes/base/${service}.yaml`),
      `- { name: ${port}, containerPort: `,
      service,
    );
  }
});

t.test('whatever the files set is a setting that docs/operations.md explains', async (t) => {
  const files = [
    'docker-compose.yml',
    'Dockerfile',
    'deploy/kubernetes/base/kustomization.yaml',
    'deploy/kubernetes/example/kustomization.yaml',
    'deploy/kubernetes/example/secret.yaml',
  ];
  const settings = await read('docs/operations.md');
  for (const file of files) {
    // `NAME: value`, `- NAME=value`, `ENV NAME=value NAME=value`.
    const names = (await read(file)).matchAll(/^\s+(?:- )?([A-Z][A-Z_]+)[:=]|(?<=^ENV .*)([A-Z][A-Z_]+)=/gmu);
    // Grafana's own are for its makers to explain.
    const set = [...names]
      .flatMap(([, inList, inImage]) => inList ?? inImage ?? [])
      .filter((name) => !name.startsWith('GF_'));
    t.ok(set.length > 0, file);
    for (const name of set) t.match(settings, `\`${name}\``, `${file}: ${name}`);
  }
});

t.test(
  'whatever docs/operations.md says may be set reaches its services by docker-compose.yml',
  async (t) => {
    // Of the container itself.
    const fixed = ['HOST', 'PORT', 'INTERNAL_HOST', 'INTERNAL_PORT'];
    const rows = (await read('docs/operations.md')).matchAll(
      /^\| ((?:`[A-Z_]+`(?:, )?)+) +\| ([a-z, ]+?) +\| .+\|$/gmu,
    );
    const settings = [...rows].flatMap(([, names, services]) =>
      [...names!.matchAll(/`([A-Z_]+)`/gu)].map(([, name]) => ({
        name: name!,
        services: services === 'all' ? ['api', 'importer', 'notifier'] : services!.split(', '),
      })),
    );
    t.ok(settings.length > 40);
    const compose = await read('docker-compose.yml');
    const shared = /^x-environment:.*\n((?: {2}.+\n)+)/mu.exec(compose)![1]!;
    for (const { name, services } of settings.filter((one) => !fixed.includes(one.name))) {
      for (const service of services) {
        const own = new RegExp(`^ {2}${service}:\\n((?: {4}.*\\n)+)`, 'mu').exec(compose)![1];
        t.match(`${shared}${own}`, `  ${name}: \${${name}:-`, `${name} of ${service}`);
      }
    }
  },
);
