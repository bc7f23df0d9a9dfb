import type { Store } from '../src/index.ts';

/** What the profiler tells of one operation. */
interface Operation {
  op: string;
  ns: string;
  planSummary?: string;
  docsExamined?: number;
  hasSortStage?: boolean;
  command?: { pipeline?: readonly object[] };
}

/** What of a tap test is needed: tap's own types differ from file to file by plugins. */
interface Assertions {
  ok(value: unknown, message: string): unknown;
  notMatch(value: string, pattern: RegExp, message: string): unknown;
}

/** Counting all that match, for the `total` of a page, has to look at them all. */
function isCount({ command }: Operation): boolean {
  const stages = command?.pipeline ?? [];
  return stages.some((stage) => '$group' in stage && (stage.$group as { _id: unknown })._id === 1);
}

/**
 * Runs a verb under the profiler: all it does must go by an index.
 * @param expected.mostDocs how many documents its reads may look at
 * @param expected.countsByIndex whether its counts may look at no document
 * @param expected.sorts whether it may sort in memory: only what is few, whatever is stored
 */
export async function checkPlan(
  t: Assertions,
  { connection }: Store,
  verb: { title: string; run: () => Promise<unknown> },
  expected: { mostDocs: number; sorts?: boolean; countsByIndex?: boolean },
): Promise<void> {
  const db = connection.db!;
  const { title, run } = verb;
  await db.setProfilingLevel('all');
  await run();
  await db.setProfilingLevel('off');
  const profile = db.collection('system.profile');
  const operations = (await profile
    .find({ ns: { $not: /system\.profile$/ } })
    .toArray()) as unknown as Operation[];
  await profile.drop();
  const reads = operations.filter((operation) => !isCount(operation));
  const examined = reads.reduce((sum, { docsExamined = 0 }) => sum + docsExamined, 0);
  const counted = operations.filter(isCount).reduce((sum, { docsExamined = 0 }) => sum + docsExamined, 0);
  if (expected.countsByIndex) t.ok(counted === 0, `${title}: looks at ${counted} documents to count them`);
  const plans = operations.map(({ op, ns, planSummary, hasSortStage }) =>
    [op, ns.split('.').slice(1).join('.'), planSummary, hasSortStage ? 'SORT' : ''].join(' ').trim(),
  );
  t.ok(operations.length > 0, `${title}: the profiler saw it`);
  const refused = expected.sorts ? /COLLSCAN/m : /COLLSCAN|SORT$/m;
  t.notMatch(plans.join('\n'), refused, `${title}: ${plans.join(' | ')}`);
  t.ok(
    examined <= expected.mostDocs,
    `${title}: looks at ${examined} documents, ${expected.mostDocs} at most`,
  );
}
