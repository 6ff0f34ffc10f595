import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { makeStudySpans } from '../testing/study-spans.ts';
import type { KeptSpan } from './kept-span.ts';
import { quantile } from './percentile.ts';
import { stageTimes } from './stage-times.ts';

/** Fits whose durations are given, each taken 40 ms after its proposal was in the log. */
function spansOf(durationsMs: readonly number[], outcome = 'ok'): KeptSpan[] {
  return durationsMs.flatMap((ms, episode) => {
    const traceId = `${outcome}-${episode}`;
    const span = (name: string, startMs: number, endMs: number, as = 'ok', more = {}): KeptSpan => ({
      traceId,
      spanId: `${name}-${traceId}`,
      name,
      kind: 'consumer',
      service: 'qloom.toy',
      startMs,
      endMs,
      status: as === 'ok' ? 'unset' : 'error',
      attributes: { 'qloom.episode': episode, 'qloom.outcome': as, ...more },
    });
    return [span('propose', 1000, 1010), span('fit', 1050, 1050 + ms, outcome, { 'qloom.stage.queue_wait': 0.04 })];
  });
}

describe('quantile', () => {
  it('is the one of NumPy: np.quantile([1, 2, 4, 8, 16, 32, 64], [0, .5, .95, .99, 1])', () => {
    const values = [1, 2, 4, 8, 16, 32, 64];
    expect([0, 0.5, 0.95, 0.99, 1].map((q) => quantile(values, q))).toEqual(
      [1, 8, 54.4, 62.08, 64].map((v) => expect.closeTo(v, 10)),
    );
  });

  it('lies between its neighbours and grows with q', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const [low, middle, high] = [quantile(sorted, 0.5), quantile(sorted, 0.95), quantile(sorted, 0.99)];
        expect(sorted[0] <= low && low <= middle && middle <= high && high <= sorted[sorted.length - 1]).toBe(true);
      }),
    );
  });
});

describe('stageTimes', () => {
  it('agrees with percentiles computed on their own from the durations', () => {
    const random = createRandom('stage-times');
    const durations = Array.from({ length: 57 }, () => 10 + 1000 * random.uniform());
    const row = stageTimes(spansOf(durations)).find(({ stage }) => stage === 'fit');
    // An independent way to the same number: np.quantile by its definition, on a copy in another order.
    const independent = (q: number): number => {
      const sorted = Float64Array.from(durations).sort().reverse();
      const virtual = (1 - q) * (sorted.length - 1);
      const [a, b] = [sorted[Math.floor(virtual)], sorted[Math.ceil(virtual)]];
      return (a * (1 - (virtual % 1)) + b * (virtual % 1)) / 1000;
    };
    // 1e-6: times since the epoch keep about a microsecond.
    expect(row?.count).toBe(57);
    expect(row?.p50).toBeCloseTo(independent(0.5), 6);
    expect(row?.p95).toBeCloseTo(independent(0.95), 6);
    expect(row?.p99).toBeCloseTo(independent(0.99), 6);
    expect(row?.wait?.p50).toBeCloseTo(0.04, 6);
    expect(row?.total).toBeCloseTo(durations.reduce((a, b) => a + b) / 1000, 6);
  });

  it('counts retries apart', () => {
    const rows = stageTimes([...spansOf([100, 200]), ...spansOf([9000], 'retry')]);
    expect(rows.find(({ stage }) => stage === 'fit')).toMatchObject({
      count: 2,
      retries: 1,
      p99: expect.closeTo(0.199, 6),
    });
  });

  it('counts a slot that was written as failed as a result, not as a retry', () => {
    const [row] = stageTimes(spansOf([100, 300], 'failed')).filter(({ stage }) => stage === 'fit');
    expect(row).toMatchObject({ count: 2, retries: 0, p50: expect.closeTo(0.2, 6) });
  });

  it('takes a wait from the event, since the span before may end after this one has begun', () => {
    const overlapping = spansOf([100]).map((span) => (span.name === 'propose' ? { ...span, endMs: 1_100 } : span));
    expect(stageTimes(overlapping).find(({ stage }) => stage === 'fit')?.wait?.p50).toBeCloseTo(0.04, 6);
  });

  it('lists stages first, then the steps inside them, and leaves out what never ran', () => {
    const rows = stageTimes(makeStudySpans(3));
    expect(rows.map(({ stage }) => stage)).toEqual([
      'propose',
      'fit',
      'assess',
      'evaluate',
      'reward',
      'sample',
      'critique',
      'train-qnn',
    ]);
    expect(rows.filter(({ step }) => step)).toHaveLength(3);
  });
});
