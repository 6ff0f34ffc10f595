import { type AnyValue, logs, SeverityNumber } from '@opentelemetry/api';
import { isTelemetryOn } from './state.ts';

/** Numbers of the levels of log lines in OpenTelemetry's data model of logs. */
const SEVERITIES = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

/** One line of a log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly level: keyof typeof SEVERITIES;
  readonly message: string;
  /** Its other fields, as JSON has them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Sends a line as a log record with the ids of the active span. Does nothing when telemetry is off. */
export function sendLogLine({ timeMs, level, message, fields }: LogLine): void {
  if (!isTelemetryOn()) return;
  logs.getLogger('qloom').emit({
    timestamp: timeMs,
    severityNumber: SEVERITIES[level],
    severityText: level,
    body: message,
    attributes: fields as Record<string, AnyValue>,
  });
}
