import { randomUUID } from 'node:crypto';
import {
  context,
  DiagConsoleLogger,
  diag,
  logs,
  type MeterProvider as MeterProviderApi,
  metrics,
  propagation,
  trace,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  diagLogLevelFromString,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, createAlwaysRecordSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { AsyncContextManager } from './async-context.ts';
import { readTelemetryEnvironment, type Signal, type TelemetrySettings } from './environment.ts';
import { logExporters, metricExporters, spanExporters } from './exporters.ts';
import { KeptSpansProcessor } from './kept-spans.ts';
import { observeProcess } from './process-metrics.ts';
import { samplerOf } from './sampling.ts';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from './semconv.ts';
import { setTelemetryOn } from './state.ts';

/** Options of {@link startTelemetry}. */
export interface TelemetryOptions {
  /**
   * `service.name` of every span and metric, e.g. `generator`, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES
   * override it.
   */
  readonly serviceName: string;
  readonly serviceVersion?: string;
  /** Overrides OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint?: string;
  /**
   * Base URL of a receiver that gets every span as JSON, independent of the OTEL_* variables: sampled or not, exported
   * elsewhere or not. `qloom run` collects its spans this way.
   */
  readonly keepAt?: string;
  /** Delay between two exports of finished spans, in milliseconds. Default OTEL_BSP_SCHEDULE_DELAY, or 200. */
  readonly traceDelayMs?: number;
  /** How often metrics are sent, in milliseconds. Default OTEL_METRIC_EXPORT_INTERVAL, or 10,000. */
  readonly metricIntervalMs?: number;
  /** How long one export, and the flush at the end, may take, in milliseconds. Default OTEL_EXPORTER_OTLP_TIMEOUT, or 3,000. */
  readonly exportTimeoutMs?: number;
  /** Takes a line for each OTEL_* variable that is set and has no effect. */
  readonly warn?: (line: string) => void;
}

/** Running telemetry of this process. */
export interface Telemetry {
  /** False when nothing is exported: nothing is recorded either. */
  readonly enabled: boolean;
  /** Exports everything that is buffered. Never throws: an unreachable collector must not break its clients. */
  flush(): Promise<void>;
  /** Flushes, stops, and removes the global providers. Never throws. */
  shutdown(): Promise<void>;
}

const OFF: Telemetry = { enabled: false, flush: async () => {}, shutdown: async () => {} };

/**
 * Starts OpenTelemetry for this process: traces, metrics with exponential histograms, and logs, configured by the standard OTEL_* variables
 * (see `readTelemetryEnvironment`; endpoints, headers, timeouts and certificates are read by OpenTelemetry's
 * exporters). Without an endpoint or an exporter nothing is installed, and spans and measurements cost next to nothing.
 *
 * @throws TelemetryEnvironmentError where a variable is wrong.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const given = options.endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.endpoint };
  const settings = readTelemetryEnvironment({ ...process.env, ...given });
  for (const warning of settings.warnings) options.warn?.(warning);
  const signals = [settings.traces, settings.metrics, settings.logs];
  const isSent = signals.some(({ exporters }) => exporters.length > 0);
  if (!isSent && options.keepAt === undefined) return OFF;
  if (settings.diagnostics !== undefined) {
    diag.setLogger(new DiagConsoleLogger(), { logLevel: diagLogLevelFromString(settings.diagnostics.toUpperCase()) });
  }
  const resource = resourceOf(options);
  const tracerProvider = createTracerProvider(options, settings, resource);
  const meterProvider = createMeterProvider(options, settings, resource);
  const loggerProvider = createLoggerProvider(options, settings, resource);
  const providers = [tracerProvider, meterProvider, loggerProvider];
  const propagators = settings.propagators.map((name) =>
    name === 'baggage' ? new W3CBaggagePropagator() : new W3CTraceContextPropagator(),
  );
  context.setGlobalContextManager(new AsyncContextManager());
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider as MeterProviderApi);
  logs.setGlobalLoggerProvider(loggerProvider);
  setTelemetryOn(true);
  const stopObserving = settings.metrics.exporters.length > 0 ? observeProcess() : () => {};
  return {
    enabled: true,
    flush: () => quietly(providers.map((provider) => provider.forceFlush())),
    async shutdown() {
      setTelemetryOn(false);
      await quietly(providers.map((provider) => provider.shutdown()));
      stopObserving();
      trace.disable();
      metrics.disable();
      logs.disable();
      propagation.disable();
      context.disable();
      diag.disable();
    },
  };
}

function resourceOf({ serviceName, serviceVersion }: TelemetryOptions): Resource {
  const own = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: serviceName,
    [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
    ...(serviceVersion === undefined ? {} : { [ATTR_SERVICE_VERSION]: serviceVersion }),
  });
  // Where both name the service, the later detector takes precedence.
  return own.merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));
}

/** Exports end in the time that a drain has; OTEL_EXPORTER_OTLP_TIMEOUT, where it is set, is read by the exporters. */
const EXPORT_TIMEOUT_MS = 3_000;

function exportOptionsOf({ endpoint, exportTimeoutMs }: TelemetryOptions, signal: Signal) {
  const inEnvironment = ['OTEL_EXPORTER_OTLP_TIMEOUT', `OTEL_EXPORTER_OTLP_${signal}_TIMEOUT`].some((name) =>
    process.env[name]?.trim(),
  );
  const timeoutMillis = exportTimeoutMs ?? (inEnvironment ? undefined : EXPORT_TIMEOUT_MS);
  return {
    ...(endpoint ? { url: `${endpoint.replace(/\/+$/, '')}/v1/${signal.toLowerCase()}` } : {}),
    ...(timeoutMillis === undefined ? {} : { timeoutMillis }),
  };
}

function createTracerProvider(
  options: TelemetryOptions,
  { traces, sampler, batch, limits }: TelemetrySettings,
  resource: Resource,
): TracerProvider {
  const exportOptions = exportOptionsOf(options, 'TRACES');
  const batching = {
    exportTimeoutMillis: exportOptions.timeoutMillis,
    maxQueueSize: 8_192,
    ...batch,
    scheduledDelayMillis: options.traceDelayMs ?? batch.scheduledDelayMillis ?? 200,
  };
  const sent = spanExporters(traces, exportOptions).map(
    (exporter) => new BatchSpanProcessor({ ...batching, exporter }),
  );
  if (options.keepAt === undefined) {
    return new TracerProvider({ resource, sampler: samplerOf(sampler), spanLimits: limits, spanProcessors: sent });
  }
  const url = `${options.keepAt}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  const kept = new KeptSpansProcessor({
    exporter,
    scheduledDelayMillis: 200,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
    maxQueueSize: 8_192,
  });
  return new TracerProvider({
    resource,
    sampler: createAlwaysRecordSampler(samplerOf(sampler)),
    spanLimits: limits,
    spanProcessors: [kept, ...sent],
  });
}

function createMeterProvider(
  options: TelemetryOptions,
  { metrics: signal, metricIntervalMs, metricTimeoutMs, exponentialHistograms }: TelemetrySettings,
  resource: Resource,
): MeterProvider {
  const exportOptions = exportOptionsOf(options, 'METRICS');
  const exportTimeoutMillis = metricTimeoutMs ?? exportOptions.timeoutMillis ?? 10_000;
  const intervalMs = options.metricIntervalMs ?? metricIntervalMs ?? 10_000;
  const exponential = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const;
  return new MeterProvider({
    resource,
    views: exponentialHistograms ? [{ instrumentType: InstrumentType.HISTOGRAM, aggregation: exponential }] : [],
    readers: metricExporters(signal, exportOptions).map(
      (exporter) =>
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: intervalMs,
          // No export may take longer than the time to the next one.
          exportTimeoutMillis: Math.min(exportTimeoutMillis, intervalMs),
        }),
    ),
  });
}

function createLoggerProvider(
  options: TelemetryOptions,
  { logs: signal, logBatch, logLimits }: TelemetrySettings,
  resource: Resource,
): LoggerProvider {
  const exportOptions = exportOptionsOf(options, 'LOGS');
  return new LoggerProvider({
    resource,
    logRecordLimits: logLimits,
    processors: logExporters(signal, exportOptions).map(
      (exporter) =>
        new BatchLogRecordProcessor({
          exporter,
          exportTimeoutMillis: exportOptions.timeoutMillis,
          ...logBatch,
        }),
    ),
  });
}

async function quietly(work: Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
}
