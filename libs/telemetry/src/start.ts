import { randomUUID } from 'node:crypto';
import { context, type MeterProvider as MeterProviderApi, metrics, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { AsyncContextManager } from './async-context.ts';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from './semconv.ts';
import { setTelemetryOn } from './state.ts';

/** What {@link startTelemetry} needs. */
export interface TelemetryOptions {
  /** `service.name` of every span and metric, e.g. `generator`. */
  readonly serviceName: string;
  readonly serviceVersion?: string;
  /**
   * Base URL of an OTLP/HTTP collector, e.g. `http://127.0.0.1:4318`: traces go to `<endpoint>/v1/traces`, metrics
   * to `<endpoint>/v1/metrics`, both as JSON. Default: OTEL_EXPORTER_OTLP_ENDPOINT; without either, all is off.
   */
  readonly endpoint?: string;
  /** How long a finished span may wait for company, in milliseconds. Default 200. */
  readonly traceDelayMs?: number;
  /** How often metrics are sent, in milliseconds. Default 10,000. */
  readonly metricIntervalMs?: number;
  /** How long one export, and the flush at the end, may take, in milliseconds. Default 3,000. */
  readonly exportTimeoutMs?: number;
}

/** Running telemetry of this process. */
export interface Telemetry {
  /** False when no endpoint is set: nothing is recorded, nothing is sent. */
  readonly enabled: boolean;
  /** Sends what is waiting. Never throws: a collector that is away must not break its clients. */
  flush(): Promise<void>;
  /** Flushes, stops, and takes the global providers away again. Never throws. */
  shutdown(): Promise<void>;
}

const OFF: Telemetry = { enabled: false, flush: async () => {}, shutdown: async () => {} };

/**
 * Starts OpenTelemetry for this process: W3C trace context, traces and exponential histograms over OTLP/HTTP.
 * Without an endpoint nothing is installed, and spans and measurements cost next to nothing.
 * Throws when `endpoint` is no http or https URL.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const endpoint = options.endpoint ?? process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  if (endpoint === '') return OFF;
  const base = parseEndpoint(endpoint);
  const timeoutMillis = options.exportTimeoutMs ?? 3_000;
  const resource = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: options.serviceName,
    [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
    ...(options.serviceVersion === undefined ? {} : { [ATTR_SERVICE_VERSION]: options.serviceVersion }),
  });
  const tracerProvider = new TracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${base}/v1/traces`, timeoutMillis }),
        scheduledDelayMillis: options.traceDelayMs ?? 200,
        exportTimeoutMillis: timeoutMillis,
        maxQueueSize: 8_192,
      }),
    ],
  });
  const meterProvider = new MeterProvider({
    resource,
    views: [{ instrumentType: InstrumentType.HISTOGRAM, aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${base}/v1/metrics`, timeoutMillis }),
        exportIntervalMillis: Math.max(options.metricIntervalMs ?? 10_000, timeoutMillis),
        exportTimeoutMillis: timeoutMillis,
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider as MeterProviderApi);
  setTelemetryOn(true);
  return {
    enabled: true,
    flush: () => quietly([tracerProvider.forceFlush(), meterProvider.forceFlush()]),
    async shutdown() {
      setTelemetryOn(false);
      await quietly([tracerProvider.shutdown(), meterProvider.shutdown()]);
      trace.disable();
      metrics.disable();
      propagation.disable();
      context.disable();
    },
  };
}

function parseEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(
      `OTEL_EXPORTER_OTLP_ENDPOINT: "${endpoint}" is not an http or https URL; right would be http://127.0.0.1:4318`,
    );
  }
  return endpoint.replace(/\/+$/, '');
}

async function quietly(work: Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
}
