import { createRandom, type Random } from '@qloom/random/random.ts';
import { createTask } from './create-task.ts';
import { resolveSettings, type SettingSpecs } from './settings.ts';
import type { Task } from './task.ts';

/** Settings of the hidden manifold task. */
export const HIDDEN_MANIFOLD_SETTINGS = {
  /** Number of features, d. */
  features: { kind: 'integer', low: 2, high: 64, default: 10 },
  /** Dimension of the manifold, m. */
  manifold: { kind: 'integer', low: 1, high: 64, default: 6 },
  /**
   * Seed of the task itself (F, b, W, v); the seed of a draw chooses points, this one the distribution they are drawn
   * from.
   */
  world: { kind: 'integer', low: 0, high: 4_294_967_295, default: 1 },
} as const satisfies SettingSpecs;

/** Parameters that are the same for all draws. */
interface World {
  /** F, row-major [manifold, features]. */
  readonly embedding: Float64Array;
  /** b, shape [features]. */
  readonly bias: Float64Array;
  /** W, row-major [manifold, manifold]. */
  readonly hidden: Float64Array;
  /** v, shape [manifold]. */
  readonly output: Float64Array;
}

function createWorld(features: number, manifold: number, random: Random): World {
  const normals = (count: number, stream: Random) => Float64Array.from({ length: count }, () => stream.normal());
  return {
    embedding: normals(manifold * features, random.fork('F')),
    bias: Float64Array.from(
      { length: features },
      (
        (stream) => () =>
          2 * stream.uniform() - 1
      )(random.fork('b')),
    ),
    hidden: normals(manifold * manifold, random.fork('W')),
    output: normals(manifold, random.fork('v')),
  };
}

/** vᵀ·tanh(W·c/√m)/√m of a latent point. */
function score(world: World, latent: Float64Array): number {
  const m = latent.length;
  let sum = 0;
  for (let i = 0; i < m; i++) {
    let input = 0;
    for (let k = 0; k < m; k++) input += world.hidden[i * m + k] * latent[k];
    sum += world.output[i] * Math.tanh(input / Math.sqrt(m));
  }
  return sum / Math.sqrt(m);
}

/**
 * The hidden manifold model (Goldt et al., 2020; as in Bowles, Ahmed and Schuld, 2024): latent points c ~ N(0, I_m),
 * features x = tanh(c·F/√m − b), label 1 where a one-layer network of c is above 0. That network is odd in c, so both
 * classes have probability ½. Throws DatasetError on invalid settings.
 */
export function createHiddenManifoldTask(given: Readonly<Record<string, unknown>> = {}): Task {
  const settings = resolveSettings('task hidden-manifold', HIDDEN_MANIFOLD_SETTINGS, given);
  const [features, manifold] = [settings.features as number, settings.manifold as number];
  const world = createWorld(features, manifold, createRandom(`hidden-manifold/${settings.world}`));
  const latent = new Float64Array(manifold);
  return createTask({
    descriptor: {
      name: 'hidden-manifold',
      title: `Hidden manifold, ${features} features on ${manifold} dimensions`,
      settings,
      featureNames: Array.from({ length: features }, (_, j) => `x${j}`),
      classNames: ['0', '1'],
      physical: Array.from({ length: features }, () => ({ low: -1, high: 1 })),
      expectations: null,
    },
    pointsPerTurn: 512,
    drawPoint(label, random, out) {
      do {
        for (let k = 0; k < manifold; k++) latent[k] = random.normal();
      } while (score(world, latent) > 0 !== (label === 1));
      for (let j = 0; j < features; j++) {
        let sum = 0;
        for (let k = 0; k < manifold; k++) sum += latent[k] * world.embedding[k * features + j];
        out[j] = Math.tanh(sum / Math.sqrt(manifold) - world.bias[j]);
      }
    },
  });
}
