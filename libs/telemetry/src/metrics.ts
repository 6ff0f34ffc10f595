import { type Attributes, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api';
import {
  ATTR_OUTCOME,
  ATTR_STAGE,
  type GaugeSchema,
  type HistogramSchema,
  type Outcome,
  type SpanName,
  STAGE_DURATION,
  STAGE_QUEUE_WAIT,
} from './schema.ts';
import { isTelemetryOn } from './state.ts';

// An instrument that was created before the provider is set never records, so instruments are kept per provider.
const instruments = new WeakMap<MeterProvider, Map<string, Histogram>>();

/**
 * Records `seconds` in a histogram of the schema or of the conventions; negative values (a clock set back, clocks of
 * two machines) count as 0. Does nothing when telemetry is off.
 */
export function recordSeconds(
  schema: Pick<HistogramSchema, 'name' | 'description'>,
  seconds: number,
  attributes: Attributes,
): void {
  if (!isTelemetryOn()) return;
  const provider = metrics.getMeterProvider();
  let known = instruments.get(provider);
  if (known === undefined) instruments.set(provider, (known = new Map()));
  let histogram = known.get(schema.name);
  if (histogram === undefined) {
    histogram = provider.getMeter('qloom').createHistogram(schema.name, { unit: 's', description: schema.description });
    known.set(schema.name, histogram);
  }
  histogram.record(Math.max(0, seconds), attributes);
}

/** Records how long a stage (or a finer step) took, by outcome. */
export function recordStageDuration(stage: SpanName, outcome: Outcome, seconds: number): void {
  recordSeconds(STAGE_DURATION, seconds, { [ATTR_STAGE]: stage, [ATTR_OUTCOME]: outcome });
}

/** Records how long an event waited for its stage. */
export function recordQueueWait(stage: SpanName, outcome: Outcome, seconds: number): void {
  recordSeconds(STAGE_QUEUE_WAIT, seconds, { [ATTR_STAGE]: stage, [ATTR_OUTCOME]: outcome });
}

/** Takes one value of a gauge. */
export type ReportGauge = (value: number, attributes?: Attributes) => void;

/**
 * Has `observe` report the values of a gauge at each export, the last one at shutdown included. Does nothing when telemetry is off.
 */
export function observeGauge(
  { name, unit, description }: Pick<GaugeSchema, 'name' | 'unit' | 'description'>,
  observe: (report: ReportGauge) => void,
): void {
  if (!isTelemetryOn()) return;
  const gauge = metrics.getMeter('qloom').createObservableGauge(name, { unit, description });
  gauge.addCallback((result) => observe((value, attributes) => result.observe(value, attributes)));
}
