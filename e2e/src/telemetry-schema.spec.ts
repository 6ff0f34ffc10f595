import { STAGE_NAMES } from '@qloom/study/stages.ts';
import { ATTR_EPISODE, ATTR_STAGE, ATTR_STUDY, HISTOGRAMS, SPAN_NAMES } from '@qloom/telemetry/schema.ts';
import { type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { deploy } from './deployment.ts';
import { tinyStudy } from './tiny-study.ts';
import { finishStudy } from './watch-study.ts';

describe('telemetry of a whole study', () => {
  let collector: OtlpCollector;

  beforeAll(async () => {
    collector = await startOtlpCollector();
    const deployment = await deploy({ otlpEndpoint: collector.endpoint });
    try {
      await deployment.agent.createStudy({ id: 'whole', settings: tinyStudy(4) });
      await finishStudy(deployment, 'whole');
    } finally {
      // A drain flushes the remaining telemetry.
      await deployment.stop();
    }
  }, 120_000);

  afterAll(() => collector?.stop());

  it('has every documented span, each with its stage', () => {
    for (const name of SPAN_NAMES) {
      const spans = collector.spans.filter((span) => span.name === name);
      expect({ name, spans: spans.length > 0 }).toEqual({ name, spans: true });
      expect(spans.every(({ attributes }) => attributes[ATTR_STAGE] === name)).toBe(true);
    }
  });

  it('names the episode of every stage', () => {
    const stages = collector.spans.filter(({ name }) => (STAGE_NAMES as readonly string[]).includes(name));
    for (const { attributes } of stages) {
      expect(attributes[ATTR_STUDY]).toBe('whole');
      expect(attributes[ATTR_EPISODE]).toBeGreaterThanOrEqual(0);
    }
    expect(stages).toHaveLength(4 * STAGE_NAMES.length);
  });

  it.each(HISTOGRAMS.map((histogram) => [histogram.name, histogram] as const))(
    'has the histogram %s for every stage that has it, exponential, in seconds, without episodes',
    (name, { unit, attributes }) => {
      const series = collector.histograms.filter((histogram) => histogram.name === name);
      const measured = new Set(series.map((one) => one.attributes[ATTR_STAGE]));
      // A proposal follows no slot, so that it has no wait.
      const expected = STAGE_NAMES.filter((stage) => stage !== 'propose' || name.endsWith('duration'));
      expect([...measured]).toEqual(expect.arrayContaining([...expected]));
      for (const one of series) {
        expect(one).toMatchObject({ unit, exponential: true });
        expect(attributes).toEqual(expect.arrayContaining(Object.keys(one.attributes)));
      }
    },
  );

  it('ends no healthy call as an error', () => {
    const failed = collector.spans.filter(({ status }) => status === 2);
    expect(failed.map(({ service, name }) => `${service} ${name}`)).toEqual([]);
  });
});
