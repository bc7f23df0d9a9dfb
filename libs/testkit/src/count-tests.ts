/** How many test cases ended how. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
  /** Why, each reason once. */
  skipReasons: string[];
  failures: Failure[];
}

interface Failure {
  /** After those of the subtests and the file around it. */
  name: string;
  /** The assertions that failed in it, each before what tap says of it, and what it says of the case. */
  why: string[];
}

/** A subtest that is still open, and those directly within it. */
interface OpenSubtest {
  name: string;
  subtests: number;
  failed: number;
  skipped: number;
  why: string[];
}

const INDENT = 4;

/**
 * Counts the test cases of a run, given the TAP that tap writes to a file: a point of the outermost level for each
 * process, which runs one test file, or several with a point for each; subtests indented under a comment that names them.
 * A case is a subtest without subtests of its own, or a file without any; a file of which all is skipped is none. A
 * subtest or file that fails though everything named in it passed (an assertion outside, a crash, a time-out) is one
 * failed case more.
 */
export function countTests(tap: string): TestCounts {
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0, skipReasons: [], failures: [] };
  const top: OpenSubtest = { name: '', subtests: 0, failed: 0, skipped: 0, why: [] };
  /** By depth: `open[d]` holds the points at depth d. */
  const open: OpenSubtest[] = [top];

  for (const { line, diagnostics } of withDiagnostics(tap.split('\n'))) {
    const [, indent, subtest, not, point, name = '', directive, reason = ''] =
      /^( *)(?:# Subtest: (.*)|(not )?(ok)\b(?: \d+)?(?: - (.*?))?(?: # time=.*|#\s*(skip|todo)\b\s*(.*?))?$)/i.exec(
        line,
      ) ?? [];
    if (indent === undefined) continue;
    const depth = indent.length / INDENT;
    if (subtest !== undefined) {
      open[depth + 1] = { name: subtest, subtests: 0, failed: 0, skipped: 0, why: [] };
      open.length = depth + 2;
    }
    const level = open[depth];
    if (!point || !level) continue;
    const within = open[depth + 1];
    open.length = depth + 1;
    if (directive) {
      counts.skipped += 1;
      level.skipped += 1;
      if (reason && !counts.skipReasons.includes(reason)) counts.skipReasons.push(reason);
      continue;
    }
    // A file that timed out comes without the comment.
    if (!within && depth > 0) {
      if (not) level.why.push(`not ok: ${name}`, ...diagnostics);
      continue;
    }
    level.subtests += 1;
    if (not) level.failed += 1;
    const isCase = !within?.subtests;
    if (isCase && !not && name.endsWith('.test.js') && within?.skipped) continue;
    if (isCase && !not) counts.passed += 1;
    if (not && (isCase || within.failed === 0)) {
      counts.failed += 1;
      counts.failures.push({
        name: [...open.slice(1, depth + 1).map((one) => one.name), name].join(' › '),
        why: [...(within?.why ?? []), ...diagnostics],
      });
    }
  }
  return counts;
}

/** Takes each line with the YAML block after it, which quotes sources and values that may look like anything. */
function* withDiagnostics(lines: readonly string[]): Generator<{ line: string; diagnostics: string[] }> {
  let of: { line: string; diagnostics: string[] } | undefined;
  let end: string | undefined;
  for (const line of lines) {
    if (end !== undefined) {
      if (line === end) end = undefined;
      else of?.diagnostics.push(line);
    } else if (/^ *---$/.test(line)) end = line.replace('---', '...');
    else {
      if (of) yield of;
      of = { line, diagnostics: [] };
    }
  }
  if (of) yield of;
}
