import type { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Points } from '@qloom/study/points/points.ts';

const CAP = 5;
const capped = (value: number) => Math.max(-CAP, Math.min(0, value));

/** Constraints from means, deviations, shares of classes and nearest neighbours; zeros where nothing is added. */
export function momentReport(
  fold: number,
  training: Points,
  heldOut: Points,
  synthetic: Points | undefined,
): FidelityReport {
  const values =
    synthetic === undefined
      ? { diversity: 0, fidelity: 0, imbalance: 0, memorization: 0 }
      : constraintsOf(training, heldOut, synthetic);
  const constraints = Object.entries(values).map(([name, value]) => ({ name, value }));
  return {
    fold,
    syntheticCount: synthetic?.count ?? 0,
    constraints,
    metrics: [{ name: 'training.mean', value: moments(training, 0).mean }],
    nullDistribution: constraints.flatMap(({ name }) => [
      { name: `${name}.sigma`, value: 0.5 },
      { name: `${name}.tau`, value: -1 },
    ]),
  };
}

function constraintsOf(training: Points, heldOut: Points, synthetic: Points): Record<string, number> {
  const columns = [...Array(training.features).keys()];
  const gaps = columns.map((j) => {
    const [real, fake] = [moments(heldOut, j), moments(synthetic, j)];
    return Math.abs(real.mean - fake.mean) / Math.max(real.deviation, 1e-3);
  });
  const ratios = columns.map((j) => moments(synthetic, j).deviation / Math.max(moments(training, j).deviation, 1e-3));
  const shares = (points: Points) =>
    Array.from({ length: points.classes }, (_, label) => points.y.filter((one) => one === label).length / points.count);
  const real = shares(training);
  const off = shares(synthetic).reduce((sum, share, label) => sum + Math.abs(share - real[label]), 0);
  return {
    diversity: capped(Math.log(Math.min(1, Math.min(...ratios) + 1e-3)) - 0.01 * sum(ratios)),
    fidelity: capped(-Math.max(...gaps)),
    imbalance: capped(-off),
    memorization: capped(Math.min(0, nearest(synthetic, training) - nearest(heldOut, training)) - 0.01 * sum(gaps)),
  };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function moments({ count, features, x }: Points, column: number): { mean: number; deviation: number } {
  let [total, squares] = [0, 0];
  for (let row = 0; row < count; row++) {
    const value = x[row * features + column];
    total += value;
    squares += value * value;
  }
  const mean = total / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

/** Mean distance from a point to the nearest of others. */
function nearest(points: Points, others: Points): number {
  const { features } = points;
  const distances = Array.from({ length: points.count }, (_, row) => {
    const to = Array.from({ length: others.count }, (_, other) => {
      let square = 0;
      for (let j = 0; j < features; j++) square += (points.x[row * features + j] - others.x[other * features + j]) ** 2;
      return Math.sqrt(square);
    });
    return Math.min(...to);
  });
  return sum(distances) / points.count;
}
