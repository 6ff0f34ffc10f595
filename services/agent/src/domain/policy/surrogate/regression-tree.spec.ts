import { createRandom } from '@qloom/random/random.ts';
import { mean } from '../../maths/statistics.ts';
import { fitForest } from './regression-tree.ts';

describe('fitForest', () => {
  it('finds an interaction of two features among five', () => {
    const random = createRandom('forest');
    const truth = (row: number[]) => (row[0] > 0.5 === row[1] > 0.5 ? 1 : 0);
    const draw = () => Array.from({ length: 5 }, () => random.uniform());
    const x = Array.from({ length: 400 }, draw);
    const forest = fitForest(x, x.map(truth), 40, random);
    const fresh = Array.from({ length: 200 }, draw);
    const errors = fresh.map((row) => Math.abs(mean(forest.map((tree) => tree.predict(row))) - truth(row)));
    // A constant prediction errs by ½.
    expect(mean(errors)).toBeLessThan(0.25);
  });

  it('predicts a constant from constant features', () => {
    const [tree] = fitForest([[1], [1], [1], [1]], [2, 2, 2, 2], 1, createRandom(1));
    expect(tree.predict([7])).toBe(2);
  });
});
