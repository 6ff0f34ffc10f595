import { redactUrls } from '@qloom/episode-log/nats/redact-url.ts';
import { sendLogLine } from '@qloom/telemetry/logs.ts';
import { activeTraceIds } from '@qloom/telemetry/spans.ts';
import { isTelemetryOn } from '@qloom/telemetry/state.ts';
import { boundedMessage, MAX_MESSAGE_BYTES } from './faults/bounded-message.ts';

/** From the most to the least verbose. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields of a log line. An `Error` is written as name, message, code, cause and stack. */
type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: one JSON object a line. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry `fields`. */
  with(fields: LogFields): Logger;
}

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  /** Lines below this level are not written. Default `info`. */
  readonly level?: LogLevel;
  /** Fields of every line, such as `{ service: 'generator' }`. */
  readonly fields?: LogFields;
  /** Takes one line without its end. Default: stderr. */
  readonly write?: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * A logger of JSON lines: `time` (ISO 8601), `level`, `message`, the fields, and `trace_id` and `span_id` of the
 * active span, so that a line leads to its trace. Texts are cut to `MAX_MESSAGE_BYTES`, and users and passwords in URLs are
 * not written. With telemetry each line is also a log record of OpenTelemetry, whose attributes are the fields.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const least = LOG_LEVELS.indexOf(options.level ?? 'info');
  const write = options.write ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const now = options.now ?? Date.now;
  const common = options.fields ?? {};
  const log = (level: Exclude<LogLevel, 'silent'>, message: string, fields: LogFields | undefined): void => {
    if (LOG_LEVELS.indexOf(level) < least) return;
    const ids = activeTraceIds();
    const timeMs = now();
    const line = {
      time: new Date(timeMs).toISOString(),
      level,
      ...common,
      message,
      ...fields,
      ...(ids === undefined ? {} : { trace_id: ids.traceId, span_id: ids.spanId }),
    };
    const text = JSON.stringify(line, replacer);
    write(text);
    if (!isTelemetryOn()) return;
    // From the text, so that the record is cut and redacted like the line.
    const { time: _time, level: _level, message: sent, trace_id: _trace, span_id: _span, ...others } = JSON.parse(text);
    sendLogLine({ timeMs, level, message: sent, fields: others });
  };
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
    with: (fields) => createLogger({ ...options, fields: { ...common, ...fields } }),
  };
}

/** A stack begins with the message; only the calls after it are wanted. */
const MAX_STACK_BYTES = 4 * MAX_MESSAGE_BYTES;

function replacer(key: string, value: unknown): unknown {
  if (typeof value === 'string')
    return boundedMessage(redactUrls(value), key === 'stack' ? MAX_STACK_BYTES : MAX_MESSAGE_BYTES);
  if (typeof value === 'bigint') return value.toString();
  if (!(value instanceof Error)) return value;
  const { code, details } = value as { code?: unknown; details?: unknown };
  return { name: value.name, message: value.message, code, details, cause: value.cause, stack: value.stack };
}
