import { readFile } from 'node:fs/promises';
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
