import { accessSync, constants } from 'node:fs';
import { quoted } from '@qloom/tensor/quoted.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A signal, as the names of its variables have it. */
export type Signal = 'TRACES' | 'METRICS' | 'LOGS';

/** How one signal leaves the process. */
export interface SignalSettings {
  /** Destinations: an OTLP collector, the console, both or neither. */
  readonly exporters: readonly ('otlp' | 'console')[];
  readonly protocol: 'http/json' | 'http/protobuf';
}

/**
 * Settings of the standard OTEL_* variables, except those that OpenTelemetry's own packages read: endpoints, headers,
 * and resources.
 */
export interface TelemetrySettings {
  readonly traces: SignalSettings;
  readonly metrics: SignalSettings;
  readonly logs: SignalSettings;
  readonly sampler: { readonly name: SamplerName; readonly ratio: number };
  readonly propagators: readonly ('tracecontext' | 'baggage')[];
  /** Of spans. */
  readonly batch: BatchSettings;
  readonly limits: Readonly<Record<string, number>>;
  /** Of log records. */
  readonly logBatch: BatchSettings;
  readonly logLimits: Readonly<Record<string, number>>;
  /** Unit: milliseconds. */
  readonly metricIntervalMs?: number;
  readonly metricTimeoutMs?: number;
  readonly exponentialHistograms: boolean;
  /** Lowest level of OpenTelemetry's own diagnostics that are logged; absent: none. */
  readonly diagnostics?: string;
  /** Variables that are set and have no effect, one line each. */
  readonly warnings: readonly string[];
}

/** Batches of one signal: milliseconds, and numbers of spans or log records; absent if not set. */
interface BatchSettings {
  readonly scheduledDelayMillis?: number;
  readonly exportTimeoutMillis?: number;
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
}

const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;
type SamplerName = (typeof SAMPLERS)[number];

const EXPORTERS = ['otlp', 'console', 'none'] as const;
const PROTOCOLS = ['http/json', 'http/protobuf'] as const;
const PROPAGATORS = ['tracecontext', 'baggage', 'none'] as const;
const HISTOGRAMS = ['base2_exponential_bucket_histogram', 'explicit_bucket_histogram'] as const;
const DIAGNOSTICS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const;
const TEMPORALITIES = ['cumulative', 'delta', 'lowmemory'] as const;

type Limit = readonly [limit: string, ...variables: string[]];

/** The SDK's limits of spans, by variable; a limit of attributes applies to everything without a limit of its own. */
const SPAN_LIMITS: readonly Limit[] = [
  ['attributeValueLengthLimit', 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  ['attributeCountLimit', 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  ['eventCountLimit', 'OTEL_SPAN_EVENT_COUNT_LIMIT'],
  ['linkCountLimit', 'OTEL_SPAN_LINK_COUNT_LIMIT'],
  ['attributePerEventCountLimit', 'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  ['attributePerLinkCountLimit', 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
];

/** The SDK's limits of log records. */
const LOG_LIMITS: readonly Limit[] = [
  ['attributeValueLengthLimit', 'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  ['attributeCountLimit', 'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
];

/** Thrown when OTEL_* variables are wrong; lists every one. */
export class TelemetryEnvironmentError extends Error {
  override name = 'TelemetryEnvironmentError';
  /** One line a variable: its name, what is wrong, what would be right. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads the variables of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and of the OTLP
 * exporter's page there. A variable that is empty is not set.
 *
 * @throws TelemetryEnvironmentError for wrong values, and for unsupported ones such as `grpc`.
 */
export function readTelemetryEnvironment(env: Environment): TelemetrySettings {
  const reader = createReader(env);
  const disabled = reader.oneOf('OTEL_SDK_DISABLED', ['true', 'false'] as const) === 'true';
  const signal = (name: Signal): SignalSettings => {
    const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${name}_ENDPOINT`].map(reader.url);
    const hasEndpoint = endpoints.some((url) => url !== undefined);
    const given = reader.listOf(`OTEL_${name}_EXPORTER`, EXPORTERS);
    const exporters = (given ?? (hasEndpoint ? ['otlp'] : [])).filter((exporter) => exporter !== 'none');
    const own = reader.oneOf(`OTEL_EXPORTER_OTLP_${name}_PROTOCOL`, PROTOCOLS, NO_GRPC);
    const protocol = own ?? reader.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', PROTOCOLS, NO_GRPC) ?? 'http/json';
    for (const prefix of ['OTEL_EXPORTER_OTLP_', `OTEL_EXPORTER_OTLP_${name}_`]) {
      reader.oneOf(`${prefix}COMPRESSION`, ['gzip', 'none'] as const);
      reader.integer(`${prefix}TIMEOUT`, 1);
      reader.pairs(`${prefix}HEADERS`);
      for (const file of ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY']) reader.file(`${prefix}${file}`);
    }
    return { exporters: disabled ? [] : (exporters as SignalSettings['exporters']), protocol };
  };
  const limitsOf = (limits: readonly Limit[]): Record<string, number> =>
    Object.fromEntries(
      limits.flatMap(([limit, ...variables]) => {
        const values = variables.map((variable) => reader.integer(variable, 0)).filter((value) => value !== undefined);
        return values.length === 0 ? [] : [[limit, values[0]] as const];
      }),
    );
  const batchOf = (prefix: 'OTEL_BSP' | 'OTEL_BLRP'): BatchSettings =>
    definedOf({
      scheduledDelayMillis: reader.integer(`${prefix}_SCHEDULE_DELAY`, 0),
      exportTimeoutMillis: reader.integer(`${prefix}_EXPORT_TIMEOUT`, 1),
      maxQueueSize: reader.integer(`${prefix}_MAX_QUEUE_SIZE`, 1),
      maxExportBatchSize: reader.integer(`${prefix}_MAX_EXPORT_BATCH_SIZE`, 1),
    });
  const settings = {
    traces: signal('TRACES'),
    metrics: signal('METRICS'),
    logs: signal('LOGS'),
    sampler: {
      name: reader.oneOf('OTEL_TRACES_SAMPLER', SAMPLERS) ?? SAMPLERS[0],
      ratio: reader.ratio('OTEL_TRACES_SAMPLER_ARG') ?? 1,
    },
    propagators: (reader.listOf('OTEL_PROPAGATORS', PROPAGATORS) ?? ['tracecontext', 'baggage']).filter(
      (propagator) => propagator !== 'none',
    ),
    batch: batchOf('OTEL_BSP'),
    limits: limitsOf(SPAN_LIMITS),
    logBatch: batchOf('OTEL_BLRP'),
    logLimits: limitsOf(LOG_LIMITS),
    metricIntervalMs: reader.integer('OTEL_METRIC_EXPORT_INTERVAL', 1),
    metricTimeoutMs: reader.integer('OTEL_METRIC_EXPORT_TIMEOUT', 1),
    exponentialHistograms:
      reader.oneOf('OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', HISTOGRAMS) !== HISTOGRAMS[1],
    diagnostics: reader.oneOf('OTEL_LOG_LEVEL', DIAGNOSTICS),
  };
  reader.pairs('OTEL_RESOURCE_ATTRIBUTES');
  reader.oneOf('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', TEMPORALITIES);
  reader.text('OTEL_SERVICE_NAME');
  return { ...settings, warnings: reader.finish() };
}

const NO_GRPC = 'OTLP over gRPC is not sent, and a collector takes http/protobuf on port 4318';

/** Variables that are refused instead of ignored, since setting them is expected to have an effect. */
const REFUSED: Readonly<Record<string, string>> = {
  OTEL_CONFIG_FILE: 'configuration files are not read; right would be the single OTEL_* variables',
  OTEL_EXPERIMENTAL_CONFIG_FILE: 'configuration files are not read; right would be the single OTEL_* variables',
};

/** Reads variables, notes what is wrong, and which were read. */
function createReader(env: Environment) {
  const problems: string[] = [];
  const known = new Set<string>();
  const wrong = (name: string, what: string): undefined => {
    // Headers carry credentials.
    const line = `${name}: ${name.endsWith('_HEADERS') ? 'what it holds' : quoted(get(name))} ${what}`;
    if (!problems.includes(line)) problems.push(line);
  };
  const get = (name: string): string | undefined => {
    known.add(name);
    return env[name]?.trim() || undefined;
  };
  const choice = <T extends string>(name: string, word: string, allowed: readonly T[], why?: string): T | undefined => {
    const found = allowed.find((one) => one === word.trim().toLowerCase());
    return (
      found ??
      wrong(name, `is not supported${why === undefined ? '' : ` (${why})`}; right would be ${allowed.join(', ')}`)
    );
  };
  const number = (name: string, fits: (value: number) => boolean, right: string): number | undefined => {
    const text = get(name);
    if (text === undefined) return undefined;
    return fits(Number(text)) ? Number(text) : wrong(name, `is not right; right would be ${right}`);
  };
  return {
    text: get,
    oneOf<T extends string>(name: string, allowed: readonly T[], why?: string): T | undefined {
      const text = get(name);
      return text === undefined ? undefined : choice(name, text, allowed, why);
    },
    listOf<T extends string>(name: string, allowed: readonly T[]): T[] | undefined {
      const words = get(name)?.split(',');
      return words?.map((word) => choice(name, word, allowed)).filter((word) => word !== undefined);
    },
    integer: (name: string, least: number) =>
      number(name, (value) => Number.isInteger(value) && value >= least, `an integer of at least ${least}`),
    ratio: (name: string) => number(name, (value) => value >= 0 && value <= 1, 'a number from 0 to 1'),
    url(name: string): string | undefined {
      const text = get(name);
      const protocol = text !== undefined && URL.canParse(text) ? new URL(text).protocol : undefined;
      if (text === undefined || protocol === 'http:' || protocol === 'https:') return text;
      return wrong(name, 'is not an http or https URL; right would be http://127.0.0.1:4318');
    },
    pairs(name: string): void {
      const pairs = (get(name)?.split(',') ?? []).filter((pair) => pair.trim() !== '');
      if (pairs.some((pair) => !/^[^=]+=/.test(pair.trim()))) {
        wrong(name, 'is not a list of pairs; right would be key=value,key2=value2');
      } else if (!pairs.every(isPercentEncoded)) {
        // The exporters silently drop such a pair, or all of them.
        wrong(name, 'has a "%" that no two hexadecimal digits of UTF-8 follow; right would be %25');
      }
    },
    file(name: string): void {
      const path = get(name);
      if (path === undefined) return;
      try {
        accessSync(path, constants.R_OK);
      } catch (error) {
        wrong(name, `cannot be read (${(error as NodeJS.ErrnoException).code}); right would be the path of a PEM file`);
      }
    },
    /** Throws if anything was wrong; returns a line for each OTEL_* variable that is set and was not read. */
    finish(): string[] {
      for (const [name, why] of Object.entries(REFUSED)) if (get(name) !== undefined) problems.push(`${name}: ${why}`);
      if (problems.length > 0) throw new TelemetryEnvironmentError(problems);
      return Object.keys(env)
        .filter((name) => name.startsWith('OTEL_') && !known.has(name) && env[name]?.trim())
        .map((name) => `${name} has no effect here: it is not supported`);
    },
  };
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function definedOf<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
