import type { Steps } from '@qloom/datasets/split/turns.ts';
import { fitSoftmaxNetwork } from './fit-softmax-network.ts';
import { parameterCount } from './network-loss.ts';
import type { SoftmaxNetwork } from './softmax-network.ts';
import type { TrainingSample } from './training-sample.ts';

/**
 * Multinomial logistic regression on standardized features with C = 1: minimizes Σ_i −ln p(y_i|x_i) + ½‖W‖², the
 * intercepts not penalized; for two classes W is the one vector of the logit, as in scikit-learn.
 */
export function fitLogistic(sample: TrainingSample): Steps<SoftmaxNetwork> {
  return fitSoftmaxNetwork(sample, {
    hidden: 0,
    alpha: 1,
    steps: 200,
    gradientTolerance: 1e-6,
    start: (sizes) => new Float64Array(parameterCount(sizes)),
  });
}
