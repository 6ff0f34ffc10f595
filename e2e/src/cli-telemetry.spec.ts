import { type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { createWorkplace, type Workplace } from './cli-qloom.ts';
import { readLines } from './cli-run-folder.ts';
import { TINY_STUDY } from './cli-tiny-study.ts';

interface KeptSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
}

describe('qloom run with variables of OpenTelemetry', () => {
  let place: Workplace;
  let collector: OtlpCollector;

  beforeEach(async () => {
    place = await createWorkplace();
    collector = await startOtlpCollector();
  });

  afterEach(async () => {
    await place.remove();
    await collector.stop();
  });

  it('keeps every span in its folder, and exports sampled traces according to the variables', async () => {
    place.write('tiny.yaml', TINY_STUDY);
    const { code, stderr } = await place.start(['run', 'tiny.yaml', '--out', 'runs'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/mine/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
    }).ended;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const kept = readLines<KeptSpan>(place.file('runs/tiny/spans.jsonl'));
    const fits = kept.filter(({ name, service }) => name === 'fit' && service === 'generator');
    expect(fits).toHaveLength(4);
    // Sampling is a function of the trace id, the same in all services, so that a trace arrives completely or not at
    // all.
    const sent = new Set(collector.spans.map(({ traceId }) => traceId));
    for (const { traceId } of fits) {
      const whole = kept.filter((span) => span.traceId === traceId).length;
      const arrived = collector.spans.filter((span) => span.traceId === traceId).length;
      expect(arrived).toBe(sent.has(traceId) ? whole : 0);
    }
    expect(sent.size).toBeLessThan(new Set(kept.map(({ traceId }) => traceId)).size);
    const services = new Set(collector.histograms.map(({ service }) => service));
    expect(services).toEqual(new Set(['agent', 'discriminator', 'generator', 'qnn-sim']));
    const paths = new Set(collector.requests.map(({ path }) => path));
    expect(paths).toEqual(new Set(['/v1/metrics', '/v1/logs', '/mine/v1/traces']));
    for (const { headers } of collector.requests) {
      expect(headers).toMatchObject({ authorization: 'Bearer a', 'content-type': 'application/x-protobuf' });
    }
    const traced = await place.qloom('trace', '1', '--run', 'runs/tiny');
    expect(traced).toMatchObject({ code: 0, stdout: expect.stringContaining('fit') });
  }, 240_000);

  it('ends with the name of a variable that is wrong, and what would be right', async () => {
    place.write('tiny.yaml', TINY_STUDY);
    const { code, stderr } = await place.start(['run', 'tiny.yaml', '--out', 'runs'], {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    }).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not supported .*right would be http\/json, http\/protobuf/,
    );
  }, 120_000);
});
