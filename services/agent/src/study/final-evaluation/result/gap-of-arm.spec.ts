import { createRandom } from '@qloom/random/random.ts';
import { type GapArm, gapOfArm } from './gap-of-arm.ts';

/** Right predictions of 8 replicates on 200 points of two classes, with the share `right`; the same points are hard for all arms. */
function armOf(right: number, { isKnown = true, without = -1 } = {}): GapArm {
  const random = createRandom('gap');
  const tests = Array.from({ length: 8 }, () =>
    Array.from({ length: 2 }, () => Float64Array.from({ length: 100 }, () => (random.uniform() < right ? 1 : 0))),
  );
  const accuracy = (test: Float64Array[]) => test.flatMap((points) => [...points]).reduce((a, b) => a + b, 0) / 200;
  return {
    draws: tests.map((test, draw) => (draw === without ? null : { accuracy: accuracy(test) })),
    tests: tests.map((test, draw) => (draw === without || !isKnown ? null : test)),
  };
}

describe('gapOfArm', () => {
  const [real, oracle] = [armOf(0.6), armOf(0.9)];

  it('is the ratio of mean gains, with an interval that is wider for the error of the test set', () => {
    const known = gapOfArm(armOf(0.75), real, oracle, 'a');
    const unknown = gapOfArm(armOf(0.75, { isKnown: false }), real, oracle, 'a');
    const gain = (arm: GapArm) =>
      arm.draws.reduce((sum, draw, i) => sum + (draw?.accuracy ?? 0) - (real.draws[i]?.accuracy ?? 0), 0);
    expect(known?.estimate).toBeCloseTo(gain(armOf(0.75)) / gain(oracle), 12);
    expect(unknown?.estimate).toBeCloseTo(known?.estimate ?? 0, 12);
    for (const interval of [known, unknown]) {
      expect(interval?.level).toBe(0.95);
      expect(interval?.low).toBeLessThan(0.5);
      expect(interval?.high).toBeGreaterThan(0.5);
    }
    expect((known?.high ?? 0) - (known?.low ?? 0)).toBeGreaterThan((unknown?.high ?? 0) - (unknown?.low ?? 0));
    expect(gapOfArm(real, real, oracle, 'a')?.estimate).toBe(0);
  });

  it('is of the replicates that arm, real data only and oracle have', () => {
    const without = gapOfArm(armOf(0.75, { without: 3 }), real, oracle, 'a');
    const all = gapOfArm(armOf(0.75), real, armOf(0.9, { without: 3 }), 'a');
    expect(without).toEqual(all);
    const none: GapArm = { draws: [null], tests: [null] };
    expect(gapOfArm(none, real, oracle, 'a')).toBeNull();
  });

  it('is none where the oracle is not better', () => {
    expect(gapOfArm(armOf(0.75), real, real, 'a')).toBeNull();
  });
});
