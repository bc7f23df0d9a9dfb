import { fetchPythonPackages } from './python-packages.ts';

const VERSION = '4.32.5';

/**
 * Schemathesis, which tries an HTTP interface against its OpenAPI document.
 * @returns the folder to put on `PYTHONPATH`; run it as `python3 -m schemathesis.cli`
 * @throws StartError that tells what to install
 */
export function findSchemathesis(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  const requirements = [`schemathesis==${VERSION}`];
  return fetchPythonPackages({ name: `schemathesis-${VERSION}`, requirements, megabytes: 25 }, env, say);
}
