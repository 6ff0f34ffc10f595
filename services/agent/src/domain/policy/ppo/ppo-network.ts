import type { Space } from '@qloom/study/space/space.ts';
import { type MlpShape, mlpParameterCount } from '../../maths/mlp.ts';
import { OBSERVATION_SIZE } from '../observation.ts';
import { createHeads, type Heads } from './heads.ts';

/** Network of a PPO policy. Parameters in one vector: the perceptron's, then the heads' log standard deviations. */
export interface PolicyNetwork {
  readonly heads: Heads;
  readonly shape: MlpShape;
  /** Number of the perceptron's parameters. */
  readonly mlpSize: number;
  /** Number of all parameters. */
  readonly size: number;
}

/** The network for a space: a trunk of `hidden` layers over the observation, and all heads on top of it. */
export function policyNetwork(space: Space, hidden: readonly number[]): PolicyNetwork {
  const heads = createHeads(space);
  const shape = { sizes: [OBSERVATION_SIZE, ...hidden, heads.outputs] };
  const mlpSize = mlpParameterCount(shape);
  return { heads, shape, mlpSize, size: mlpSize + heads.numbers.length };
}
