import { monitorEventLoopDelay } from 'node:perf_hooks';
import { metrics } from '@opentelemetry/api';
import {
  ATTR_CPU_MODE,
  METRIC_NODEJS_EVENTLOOP_DELAY_P99,
  METRIC_PROCESS_CPU_TIME,
  METRIC_PROCESS_MEMORY_USAGE,
} from './semconv.ts';

/**
 * Observes the processor time, the resident memory and the delay of the event loop of this process at each export, until the
 * returned function is called. The threads of a service are part of its process; a GPU is not observed.
 */
export function observeProcess(): () => void {
  const meter = metrics.getMeter('qloom');
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  meter
    .createObservableCounter(METRIC_PROCESS_CPU_TIME, { unit: 's', description: 'Processor time of this process.' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, { [ATTR_CPU_MODE]: 'user' });
      result.observe(system / 1e6, { [ATTR_CPU_MODE]: 'system' });
    });
  meter
    .createObservableGauge(METRIC_PROCESS_MEMORY_USAGE, { unit: 'By', description: 'Resident memory of this process.' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge(METRIC_NODEJS_EVENTLOOP_DELAY_P99, {
      unit: 's',
      description: '99th percentile of the delay of the event loop since the last export.',
    })
    .addCallback((result) => {
      // NaN before the first sample.
      const seconds = delay.percentile(99) / 1e9;
      delay.reset();
      if (Number.isFinite(seconds)) result.observe(seconds);
    });
  return () => delay.disable();
}
