import { createLogger, openActivity, Registry } from '@mentorline/runtime';
import { type Import, newId, type RowResult, type Store } from '@mentorline/store';
import { acceptFile, type Fixtures } from '@mentorline/testkit';
import { loadImporterConfig } from '../src/config.ts';
import type { ImportDeps } from '../src/import-deps.ts';
import { importerMetrics } from '../src/metrics.ts';
import { runNextImport } from '../src/run-import.ts';

const NEVER: AbortSignal = new AbortController().signal;

/** What a worker needs; `store` may be one with a verb of its own. */
export function workerDeps(store: Store, env: NodeJS.ProcessEnv = {}): ImportDeps {
  return {
    store,
    queues: { enqueue: async () => true },
    config: loadImporterConfig(env),
    logger: createLogger({ service: 'importer', level: 'silent' }),
    activity: openActivity(),
    processId: newId(),
    metrics: importerMetrics(new Registry()),
  };
}

/** Takes up the import whose turn it is. @returns `id` as it stands afterwards */
export async function work(deps: ImportDeps, id: string, stop = NEVER): Promise<Import> {
  await runNextImport(deps, stop);
  return (await deps.store.imports.findImport(id))!;
}

/** Imports a file from beginning to end. */
export async function importFile(
  fixtures: Fixtures,
  file: Buffer,
  env: NodeJS.ProcessEnv = {},
): Promise<{ ended: Import; results: RowResult[] }> {
  const { id } = await acceptFile(fixtures, file);
  const ended = await work(workerDeps(fixtures.store, env), id);
  return { ended, results: await resultsOf(fixtures.store, ended) };
}

export async function resultsOf(store: Store, { id, partitions }: Import): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for await (const result of store.results.readResults(id, partitions)) results.push(result);
  return results;
}

/** A row that is fine by itself. */
export function goodRow(given: Record<string, string> = {}): Record<string, string> {
  return {
    Action: 'Create',
    title: 'Reading circles',
    description: 'How to start one',
    type: 'Public',
    Mentor: 'asha.rao@example.org',
    Date: '01-06-2031',
    Zone: 'IST',
    Time: '15:00 Hrs',
    Duration: '60',
    recommended_for: 'Teachers',
    categories: 'Communication',
    medium: 'English',
    ...given,
  };
}
