import { createRandom } from '@qloom/random/random.ts';
import { createTask } from './create-task.ts';
import { resolveSettings, type SettingSpecs } from './settings.ts';
import type { Task } from './task.ts';

/** Settings of the two curves task. */
export const TWO_CURVES_SETTINGS = {
  /** Number of features, d. */
  features: { kind: 'integer', low: 2, high: 64, default: 10 },
  /** Degree of the Fourier series of the curves. */
  degree: { kind: 'integer', low: 1, high: 32, default: 5 },
  /** Distance of the second curve from the first, in every feature. */
  offset: { kind: 'number', low: 0, high: 10, default: 0.1 },
  /** Deviation of the Gaussian noise on every feature. */
  noise: { kind: 'number', low: 0, high: 10, default: 0.01 },
  /** Seed of the curves themselves; the seed of a draw chooses points on them. */
  world: { kind: 'integer', low: 0, high: 4_294_967_295, default: 1 },
} as const satisfies SettingSpecs;

/**
 * Two curves in d dimensions, one per class (after Bowles, Ahmed and Schuld, 2024, from Buchanan et al., 2020):
 * x_j(t) = Σ_{n=1..degree} a_jn cos 2πnt + b_jn sin 2πnt, over √degree, with a, b uniform in [−1, 1], t uniform in
 * [0, 1); class 1 is moved by `offset` in every feature; Gaussian noise on top. Throws DatasetError on invalid settings.
 */
export function createTwoCurvesTask(given: Readonly<Record<string, unknown>> = {}): Task {
  const settings = resolveSettings('task two-curves', TWO_CURVES_SETTINGS, given);
  const [features, degree] = [settings.features as number, settings.degree as number];
  const [offset, noise] = [settings.offset as number, settings.noise as number];
  const world = createRandom(`two-curves/${settings.world}`);
  const coefficients = Float64Array.from(
    { length: 2 * degree * features },
    () => (2 * world.uniform() - 1) / Math.sqrt(degree),
  );
  return createTask({
    descriptor: {
      name: 'two-curves',
      title: `Two curves of degree ${degree} in ${features} dimensions, ${offset} apart`,
      settings,
      featureNames: Array.from({ length: features }, (_, j) => `x${j}`),
      classNames: ['0', '1'],
      physical: Array.from({ length: features }, () => ({ low: null, high: null })),
      expectations: null,
    },
    pointsPerTurn: 256,
    drawPoint(label, random, out) {
      const t = random.uniform();
      for (let j = 0; j < features; j++) {
        let sum = label * offset + noise * random.normal();
        for (let n = 1; n <= degree; n++) {
          const at = 2 * ((n - 1) * features + j);
          const angle = 2 * Math.PI * n * t;
          sum += coefficients[at] * Math.cos(angle) + coefficients[at + 1] * Math.sin(angle);
        }
        out[j] = sum;
      }
    },
  });
}
