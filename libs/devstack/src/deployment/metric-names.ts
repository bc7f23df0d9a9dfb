import { parser } from '@prometheus-io/lezer-promql';

/**
 * The metrics that an expression of PromQL reads.
 * @throws when it is none; the message shows where
 */
export function metricsIn(expression: string): string[] {
  const names = new Set<string>();
  parser.parse(expression).iterate({
    enter({ type, from, to }) {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expression.slice(from, from + 40)}`);
      if (type.name === 'Identifier') names.add(expression.slice(from, to));
    },
  });
  return [...names];
}
