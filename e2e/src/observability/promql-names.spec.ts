import { prometheusName } from './prometheus-names.ts';
import { promqlNames } from './promql-names.ts';

describe('the names in an expression of PromQL', () => {
  it.each([
    ['up', ['up'], []],
    ['sum by (a, b) (rate(x_total{c="by (d)", e=~"f|g"}[5m])) > 0.5', ['x_total'], ['c', 'e', 'a', 'b']],
    ['x{a!=""} unless on (a) count by (a) (y)', ['x', 'y'], ['a']],
    ['60 * histogram_quantile(0.95, sum(rate(x[$__rate_interval]))) == 1e3', ['x'], []],
    ['absent(x{job="a"}) or absent(y)', ['x', 'y'], ['job']],
  ])('%s', (expression, metrics, labels) => {
    expect(promqlNames(expression)).toEqual({ metrics, labels });
  });

  it.each(['sum(x', 'x}', 'rate(x[5m)'])('are not read where parentheses do not match: %s', (expression) => {
    expect(() => promqlNames(expression)).toThrow(/closes nothing|is not closed/);
  });
});

// The collector's own names for the same metrics: pkg/translator/prometheus of opentelemetry-collector-contrib.
it.each([
  [{ name: 'qloom.stage.duration', unit: 's', isCounter: false }, 'qloom_stage_duration_seconds'],
  [{ name: 'process.cpu.time', unit: 's', isCounter: true }, 'process_cpu_time_seconds_total'],
  [{ name: 'process.memory.usage', unit: 'By', isCounter: false }, 'process_memory_usage_bytes'],
  [{ name: 'qloom.stage.lag', unit: '{event}', isCounter: false }, 'qloom_stage_lag'],
  [{ name: 'qloom.span.calls', unit: '', isCounter: true }, 'qloom_span_calls_total'],
])('a metric %j is %s in Prometheus', (metric, name) => {
  expect(prometheusName(metric)).toBe(name);
});
