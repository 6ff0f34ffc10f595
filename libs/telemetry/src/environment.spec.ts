import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { readTelemetryEnvironment, TelemetryEnvironmentError } from './environment.ts';
import { underVariables } from './testing/under-variables.ts';

let collector: OtlpCollector;

beforeEach(async () => {
  collector = await startOtlpCollector();
});
afterEach(async () => {
  await collector.stop();
});

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: '' };

describe('a variable that is wrong', () => {
  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'http/json, http/protobuf'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc', 'port 4318'],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'collector:4317', 'right would be http://127.0.0.1:4318'],
    ['OTEL_TRACES_EXPORTER', 'zipkin', 'otlp, console, none'],
    ['OTEL_LOGS_EXPORTER', 'file', 'otlp, console, none'],
    ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'grpc', 'port 4318'],
    ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'collector:4317', 'right would be http://127.0.0.1:4318'],
    ['OTEL_BLRP_SCHEDULE_DELAY', 'soon', 'an integer of at least 0'],
    ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', '-1', 'an integer of at least 0'],
    ['OTEL_METRICS_EXPORTER', 'prometheus', 'otlp, console, none'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'parentbased_always_on'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5', 'a number from 0 to 1'],
    ['OTEL_PROPAGATORS', 'tracecontext,b3', 'tracecontext, baggage, none'],
    ['OTEL_SDK_DISABLED', 'yes', 'true, false'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0', 'an integer of at least 1'],
    ['OTEL_METRIC_EXPORT_INTERVAL', 'often', 'an integer of at least 1'],
    ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', '-1', 'an integer of at least 0'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '3s', 'an integer of at least 1'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', 'gzip, none'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization', 'key=value'],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/nowhere/ca.pem', 'ENOENT'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'lab', 'key=value'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'lab=50%', 'right would be %25'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=b,lab=%E4', 'right would be %25'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Basic%2', 'right would be %25'],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'sometimes', 'cumulative, delta, lowmemory'],
    ['OTEL_LOG_LEVEL', 'loud', 'none, error, warn'],
    ['OTEL_CONFIG_FILE', 'otel.yaml', 'configuration files are not read'],
  ])('is named, with what would be right: %s=%s', (name, value, right) => {
    const read = () => readTelemetryEnvironment({ ...ENDPOINT, [name]: value });
    expect(read).toThrow(TelemetryEnvironmentError);
    expect(read).toThrow(new RegExp(`^${name}: `));
    expect(read).toThrow(right);
  });

  it('is not repeated where it may hold credentials, and is cut where it is long', () => {
    const read = (variables: Record<string, string>) => () => readTelemetryEnvironment(variables);
    expect(read({ OTEL_EXPORTER_OTLP_HEADERS: 'secret' })).toThrow(
      /^OTEL_EXPORTER_OTLP_HEADERS: what it holds is not a list/,
    );
    expect(read({ OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=%ZZsecret' })).toThrow(
      /^OTEL_EXPORTER_OTLP_TRACES_HEADERS: what it holds has a "%"/,
    );
    expect(read({ OTEL_TRACES_SAMPLER: 'x'.repeat(9_000) })).toThrow(/"x{200}…" \(9000 characters\) is not supported/);
  });

  it('is one of many, all of which are named', () => {
    const read = () => readTelemetryEnvironment({ OTEL_TRACES_SAMPLER: 'x', OTEL_PROPAGATORS: 'y' });
    expect(read).toThrow(
      expect.objectContaining({
        problems: [expect.stringMatching(/^OTEL_TRACES_SAMPLER/), expect.stringMatching(/^OTEL_PROPAGATORS/)],
      }),
    );
  });

  it('is warned of where it is known, or unknown, and has no effect', async () => {
    const { warnings } = await underVariables(collector.endpoint, {
      OTEL_GO_X_EXEMPLAR: 'true',
      OTEL_METRICS_EXEMPLAR_FILTER: 'always_on',
      OTEL_BLRP_MAX_QUEUE_SIZE: '',
    });
    expect(warnings).toEqual([
      'OTEL_GO_X_EXEMPLAR has no effect here: it is not supported',
      'OTEL_METRICS_EXEMPLAR_FILTER has no effect here: it is not supported',
    ]);
  });
});

it('takes certificates that can be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-pem-'));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');
  const certificates = { OTEL_EXPORTER_OTLP_CERTIFICATE: file, OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: file };
  expect(readTelemetryEnvironment(certificates).warnings).toEqual([]);
  rmSync(folder, { recursive: true });
});
