/** Part of `npm run check`: what mentorline is deployed with, looked over by the tools that know these files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '../launcher.ts';
import { StartError } from '../start-error.ts';
import { CUSTOM_KINDS, checkCustomResources } from './check-custom-resources.ts';
import {
  fetchComposeConfig,
  fetchKubernetesValidate,
  findHadolint,
  findKubectl,
  findPromtool,
} from './tools.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../../', import.meta.url));
const KUSTOMIZATIONS = ['deploy/kubernetes/base', 'deploy/kubernetes/example'];
/** The component that the example does not use. */
const WITH_KEDA_ALONE = { resources: ['deploy/kubernetes/base'], components: ['deploy/kubernetes/keda'] };
/** The oldest that has all that the base uses (the pause before a stop), and the newest that the schemas are known of. */
const KUBERNETES_VERSIONS = ['1.30', '1.37'];

// What `docker-compose config` does. The command itself no longer runs on every Python.
const COMPOSE_CONFIG = `
import setuptools, sys
from compose.config import config
from compose.config.environment import Environment
from compose.config.errors import ConfigurationError
try:
    config.load(config.find('.', ['docker-compose.yml'], Environment()))
except ConfigurationError as error:
    sys.exit(error.msg)
`;

/** @returns what is wrong, as the tool says it; nothing when all is well */
function listen(command: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: REPOSITORY,
    env,
    input,
    encoding: 'utf8',
  });
  if (error) return error.message;
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `${command} ended with ${status}`;
}

function render(kubectl: string, folder: string): { manifests: string } | { fault: string } {
  const { status, stdout, stderr } = spawnSync(kubectl, ['kustomize', folder], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  return status === 0 ? { manifests: stdout } : { fault: stderr };
}

/** Kustomize takes a component only as a part of something. */
function renderTogether(kubectl: string, parts: Record<string, string[]>): ReturnType<typeof render> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mentorline-kustomize-'));
  try {
    const among = Object.entries(parts).map(([kind, folders]) => [
      kind,
      folders.map((part) => relative(folder, realpathSync(join(REPOSITORY, part)))),
    ]);
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(Object.fromEntries(among)));
    return render(kubectl, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Unknown fields are faults too. */
function checkManifests(manifests: string, version: string, env: NodeJS.ProcessEnv): string {
  const args = ['-m', 'kubernetes_validate', '--strict', '--kubernetes-version', version, '-'];
  const { stdout, stderr, error } = spawnSync('python3', args, { env, input: manifests, encoding: 'utf8' });
  if (error) return error.message;
  return `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line && !line.startsWith('INFO'))
    .filter((line) => !CUSTOM_KINDS.some((kind) => line.includes(`kind ${kind}`)))
    .join('\n');
}

await launch(async () => {
  const { env } = process;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const faults: string[] = [];
  const note = (what: string, fault: string): void => void (fault && faults.push(`${what}: ${fault}`));

  note('Dockerfile', listen(await findHadolint(env, say), ['--no-color', 'Dockerfile'], env));

  const compose = { ...env, PYTHONPATH: await fetchComposeConfig(env, say) };
  note('docker-compose.yml', listen('python3', ['-W', 'ignore', '-c', COMPOSE_CONFIG], compose));

  // Where it cannot be had, the tests still read every expression.
  const promtool = await findPromtool(env, say).catch((error: Error) => {
    if (!(error instanceof StartError)) throw error;
    say(`The rules of deploy/alerts are not tried out: ${error.message}`);
  });
  if (promtool) {
    note('deploy/prometheus', listen(promtool, ['check', 'config', 'deploy/prometheus/prometheus.yml'], env));
    note('deploy/alerts', listen(promtool, ['check', 'rules', 'deploy/alerts/mentorline.rules.yml'], env));
    note('deploy/alerts', listen(promtool, ['test', 'rules', 'deploy/alerts/mentorline.test.yml'], env));
  }

  const kubectl = await findKubectl(env, say);
  const validate = { ...env, PYTHONPATH: await fetchKubernetesValidate(env, say) };
  const renderings = [
    ...KUSTOMIZATIONS.map((folder) => [folder, render(kubectl, folder)] as const),
    ['deploy/kubernetes/keda', renderTogether(kubectl, WITH_KEDA_ALONE)] as const,
  ];
  for (const [folder, rendered] of renderings) {
    if ('fault' in rendered) {
      note(folder, rendered.fault);
      continue;
    }
    const { manifests } = rendered;
    for (const version of KUBERNETES_VERSIONS)
      note(`${folder}, Kubernetes ${version}`, checkManifests(manifests, version, validate));
    note(folder, checkCustomResources(manifests, validate));
  }
  for (const fault of faults) say(fault);
  if (faults.length === 0) say('Dockerfile, docker-compose.yml and deploy are sound.');
  return faults.length === 0 ? 0 : 1;
});
