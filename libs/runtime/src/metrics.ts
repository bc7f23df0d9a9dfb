import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { within } from './within.ts';

export { Counter, Histogram, Registry };

/** Seconds. Of what somebody waits for: requests, chunks, conversations with a relay. */
export const SHORT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds. Of what somebody comes back for: imports and their mails. */
export const LONG_BUCKETS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Prometheus' own scrape gives up after ten seconds. */
const ASK_TIMEOUT_MS = 2_500;

/**
 * What a service measures, with what Node tells of every process: memory, event loop, garbage collection. All of it
 * says which service it is of, whatever the scraper calls it.
 */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Values of one gauge; `labels` of bounded number: never an id, an address or a text. */
export type GaugeValues = readonly { labels?: Readonly<Record<string, string>>; value: number }[];

/**
 * Gauges whose values are asked for whenever Prometheus asks. Of what is not told in time, or not at all, there is no
 * value: the scrape itself never fails, and never waits long.
 * @param read is not called again while an earlier call hangs
 */
export function askedGauges<Key extends string>(
  registry: Registry,
  gauges: Readonly<Record<Key, { name: string; help: string; labelNames?: readonly string[] }>>,
  read: () => Promise<Readonly<Record<Key, GaugeValues>>>,
): void {
  let asked: Promise<Readonly<Record<Key, GaugeValues>>> | undefined;
  const values = (): Promise<Readonly<Record<Key, GaugeValues>> | undefined> => {
    asked ??= read().finally(() => {
      asked = undefined;
    });
    return within(asked, ASK_TIMEOUT_MS, undefined);
  };
  for (const key of Object.keys(gauges) as Key[]) {
    const { name, help, labelNames = [] } = gauges[key];
    new Gauge({
      ...{ name, help, labelNames, registers: [registry] },
      async collect() {
        const told = await values();
        this.reset();
        // Without labels a reset leaves a 0, which would be a lie.
        if (labelNames.length === 0) this.remove();
        for (const { labels = {}, value } of told?.[key] ?? []) this.set(labels, value);
      },
    });
  }
}
