import { readFile, writeFile } from 'node:fs/promises';
import { IMPORT_STATUSES, TERMINAL_IMPORT_STATUSES } from '@mentorline/domain';
import t from 'tap';

const REPOSITORY = new URL('../../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, REPOSITORY), 'utf8');

t.test('importers are scaled by the imports that are not finished', async (t) => {
  const scaler = await read('deploy/kubernetes/keda/importer-scaler.yaml');
  const query = JSON.parse(/query: '(.+)'/u.exec(scaler)![1]!);
  const unfinished = IMPORT_STATUSES.filter((status) => !TERMINAL_IMPORT_STATUSES.includes(status));
  t.strictSame(query, { status: { $in: unfinished } });
});

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

t.test('the Prometheus Operator finds the pods of every service, on a port that they have', async (t) => {
  const monitor = await read('deploy/kubernetes/prometheus-operator/pods.yaml');
  const spec = monitor.slice(monitor.indexOf('spec:'));
  // All of it: nobody here knows this kind, and what its own operator does not know it leaves out without a word.
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
