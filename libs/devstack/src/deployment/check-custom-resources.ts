import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCHEMAS = fileURLToPath(new URL('../../../schemas/custom-resources.json', import.meta.url));

/** The kinds of operators that deploy/kubernetes uses. Kubernetes has no schema of them, so we have our own. */
export const CUSTOM_KINDS = ['ScaledObject', 'PodMonitor', 'PrometheusRule'] as const;

const CHECK = `
import json, sys, jsonschema, yaml
schemas = json.load(open(sys.argv[1]))
for document in yaml.safe_load_all(sys.stdin):
    if document and document['kind'] in sys.argv[2:]:
        schema = {**schemas, '$ref': '#/$defs/' + document['kind']}
        for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
            print(document['kind'], document['metadata']['name'] + ',', error.json_path + ':', error.message)
`;

/**
 * @param env with the packages of `fetchKubernetesValidate` on PYTHONPATH
 * @returns what is wrong with the kinds of operators among the manifests, one fault a line; unknown fields are faults too
 */
export function checkCustomResources(manifests: string, env: NodeJS.ProcessEnv): string {
  const { stdout, stderr, error } = spawnSync('python3', ['-c', CHECK, SCHEMAS, ...CUSTOM_KINDS], {
    env,
    input: manifests,
    encoding: 'utf8',
  });
  return error ? error.message : `${stdout}${stderr}`.trim();
}
