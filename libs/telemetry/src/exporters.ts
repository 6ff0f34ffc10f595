import { OTLPMetricExporter, OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportLogsServiceResponse,
  type ISerializer,
  JsonLogsSerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import { ConsoleLogRecordExporter, type LogRecordExporter, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { ConsoleMetricExporter, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { ConsoleSpanExporter, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { SignalSettings } from './environment.ts';

/** Options of an exporter; OpenTelemetry's packages read absent ones from OTEL_EXPORTER_OTLP_*. */
export interface ExportOptions {
  readonly url?: string;
  readonly timeoutMillis?: number;
}

/** The exporters of spans according to the settings. */
export function spanExporters({ exporters, protocol }: SignalSettings, options: ExportOptions): SpanExporter[] {
  return exporters.map((exporter) => {
    if (exporter === 'console') return new ConsoleSpanExporter();
    return protocol === 'http/json' ? new OTLPTraceExporter(options) : new ProtobufTraceExporter(options);
  });
}

/** The exporters of metrics according to the settings. */
export function metricExporters({ exporters, protocol }: SignalSettings, options: ExportOptions): PushMetricExporter[] {
  return exporters.map((exporter) => {
    if (exporter === 'console') return new ConsoleMetricExporter();
    return protocol === 'http/json' ? new OTLPMetricExporter(options) : new ProtobufMetricExporter(options);
  });
}

/** The exporters of logs according to the settings. */
export function logExporters({ exporters, protocol }: SignalSettings, options: ExportOptions): LogRecordExporter[] {
  return exporters.map((exporter) => {
    if (exporter === 'console') return new ConsoleLogRecordExporter();
    return protocol === 'http/json'
      ? new OtlpLogExporter(options, JsonLogsSerializer, { 'Content-Type': 'application/json' })
      : new OtlpLogExporter(options, ProtobufLogsSerializer, PROTOBUF);
  });
}

const PROTOBUF = { 'Content-Type': 'application/x-protobuf' };

/** Equivalent of `@opentelemetry/exporter-trace-otlp-proto`, built from the packages for JSON. */
class ProtobufTraceExporter extends OTLPExporterBase<ReadableSpan[]> implements SpanExporter {
  constructor(options: ExportOptions) {
    const http = convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', PROTOBUF);
    super(
      createOtlpHttpExportDelegate(
        http,
        ProtobufTraceSerializer,
        'otlp_http_span_exporter',
        TraceExporterMetricsHelper,
        undefined,
      ),
    );
  }
}

/** Equivalent of `@opentelemetry/exporter-metrics-otlp-proto`. */
class ProtobufMetricExporter extends OTLPMetricExporterBase {
  constructor(options: ExportOptions) {
    const http = convertLegacyHttpOptions(options, 'METRICS', 'v1/metrics', PROTOBUF);
    super(
      createOtlpHttpExportDelegate(
        http,
        ProtobufMetricsSerializer,
        'otlp_http_metric_exporter',
        MetricsExporterMetricsHelper,
        undefined,
      ),
      options,
    );
  }
}

/** Equivalent of `@opentelemetry/exporter-logs-otlp-http` and `-proto`. */
class OtlpLogExporter extends OTLPExporterBase<ReadableLogRecord[]> implements LogRecordExporter {
  constructor(
    options: ExportOptions,
    serializer: ISerializer<ReadableLogRecord[], IExportLogsServiceResponse>,
    headers: Record<string, string>,
  ) {
    const http = convertLegacyHttpOptions(options, 'LOGS', 'v1/logs', headers);
    super(
      createOtlpHttpExportDelegate(http, serializer, 'otlp_http_log_exporter', LogsExporterMetricsHelper, undefined),
    );
  }
}
