import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import fc from 'fast-check';
import { synthesisGain, synthesisParts } from './synthesis-parts.ts';

/** Labels on a line, all at different places. */
const anyLabels = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 24 }).map(
  (classes): Points => ({
    count: classes.length,
    features: 1,
    classes: 3,
    x: Float32Array.from(classes, (_, i) => i),
    y: Int32Array.from(classes),
  }),
);
const countOf = ({ y }: Points, label: number) => y.filter((of) => of === label).length;
const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

describe('the parts of a cross-validation', () => {
  it('hold out every label whose class has another, once in each repeat, and train on all the others', () => {
    fc.assert(
      fc.property(anyLabels, (labels) => {
        const rows = [...labels.y.keys()];
        const divided = rows.filter((row) => countOf(labels, labels.y[row]) > 1);
        const parts = synthesisParts(labels, createRandom(1));
        if (new Set(divided.map((row) => labels.y[row])).size < 2) {
          expect(parts).toEqual([]);
          return;
        }
        for (const { training, heldOut } of parts) expect(sorted([...training, ...heldOut])).toEqual(rows);
        for (const repeat of new Set(parts.map((part) => part.repeat))) {
          const ofRepeat = parts.filter((part) => part.repeat === repeat);
          expect(sorted(ofRepeat.flatMap(({ heldOut }) => heldOut))).toEqual(divided);
        }
        expect(synthesisParts(labels, createRandom(1))).toEqual(parts);
      }),
    );
  });
});

describe('what points change', () => {
  it('is the difference of balanced accuracies over the labels that were held out', () => {
    fc.assert(
      fc.property(anyLabels, fc.integer(), (labels, seed) => {
        const parts = synthesisParts(labels, createRandom(2));
        fc.pre(parts.length > 0);
        const random = createRandom(seed);
        const predict = () => parts.map(({ heldOut }) => heldOut.map(() => random.integer(3)));
        const [real, augmented] = [predict(), predict()];
        // Of each class, the mean of the right predictions over its labels and the repeats.
        const accuracy = (predicted: number[][]) => {
          const right = [0, 1, 2].map((label) =>
            parts.flatMap(({ heldOut }, part) =>
              heldOut.flatMap((row, i) => (labels.y[row] === label ? [Number(predicted[part][i] === label)] : [])),
            ),
          );
          const means = right.filter((of) => of.length > 0).map((of) => of.reduce((a, b) => a + b, 0) / of.length);
          return means.reduce((a, b) => a + b, 0) / means.length;
        };
        const gain = synthesisGain(labels, parts, { real, augmented });
        // Sums of at most a hundred float64 numbers below 1.
        expect(Math.abs(gain.real - accuracy(real))).toBeLessThan(1e-12);
        expect(Math.abs(gain.augmented - accuracy(augmented))).toBeLessThan(1e-12);
        expect(gain.standardError).toBeGreaterThan(0);
      }),
    );
  });
});
