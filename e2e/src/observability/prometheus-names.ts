/** A metric of OpenTelemetry as far as its name in Prometheus depends on it. */
export interface NamedMetric {
  readonly name: string;
  readonly unit: string;
  /** Whether it is a sum that only grows. */
  readonly isCounter: boolean;
}

/** Words for the units that Qloom uses; units in braces have none. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * The name that the collector's exporter for Prometheus gives a metric (its default, `UnderscoreEscapingWithSuffixes`; OpenTelemetry's
 * specification "Prometheus and OpenMetrics Compatibility"): other characters become `_`, then the unit, then `_total` for counters.
 * A histogram is further divided into `_bucket`, `_sum` and `_count` where it has explicit buckets.
 */
export function prometheusName({ name, unit, isCounter }: NamedMetric): string {
  const word = UNITS[unit];
  if (word === undefined && unit !== '' && !/^\{.*\}$/.test(unit)) throw new Error(`${name}: no word for unit ${unit}`);
  const escaped = prometheusLabel(name);
  const withUnit = word === undefined || escaped.endsWith(`_${word}`) ? escaped : `${escaped}_${word}`;
  return isCounter ? `${withUnit}_total` : withUnit;
}

/** The name of an attribute as a label. */
export function prometheusLabel(attribute: string): string {
  return attribute.replaceAll(/[^A-Za-z0-9_]/g, '_');
}
