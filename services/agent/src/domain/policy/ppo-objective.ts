import { backward, forward, type MlpShape } from '../maths/mlp.ts';
import { clip } from '../maths/statistics.ts';
import { type Action, type Heads, probabilities } from './heads.ts';

/** Network of a PPO policy. Parameters in one vector: the perceptron's, then the heads' log standard deviations. */
export interface PolicyNetwork {
  readonly heads: Heads;
  readonly shape: MlpShape;
  /** Number of the perceptron's parameters. */
  readonly mlpSize: number;
}

/** One episode as the objective sees it. */
export interface Sample {
  readonly observation: readonly number[];
  readonly action: Action;
  readonly reward: number;
  /** (R − V)/std, clipped. */
  readonly advantage: number;
  /** Log-likelihoods of the action before the update: of its choices, of its numbers. */
  readonly before: LogLikelihood;
}

/** Log-likelihood of an action, discrete and continuous parts apart. */
export interface LogLikelihood {
  readonly choices: number;
  readonly numbers: number;
}

/** Width ε of the clipped ratios, and the weights of the entropy bonus and of the value loss. */
export interface ObjectiveWeights {
  readonly epsilon: number;
  readonly entropy: number;
  readonly value: number;
}

/** log π(action | observation), its two parts apart. Inactive heads add nothing. */
export function logLikelihood(
  network: PolicyNetwork,
  outputs: Float64Array,
  parameters: Float64Array,
  action: Action,
): LogLikelihood {
  let choices = 0;
  let numbers = 0;
  network.heads.choices.forEach((head, i) => {
    if (action.options[i] >= 0) choices += Math.log(probabilities(outputs, head)[action.options[i]]);
  });
  network.heads.numbers.forEach((head, i) => {
    if (Number.isNaN(action.logits[i])) return;
    const logSpread = parameters[network.mlpSize + head.spread];
    const z = (action.logits[i] - outputs[head.offset]) / Math.exp(logSpread);
    numbers += -0.5 * z * z - logSpread - 0.5 * Math.log(2 * Math.PI);
  });
  return { choices, numbers };
}

/**
 * The loss of a batch, to be minimized, and its gradient:
 * −mean[min(ρ_d A, clip(ρ_d)A) + min(ρ_c A, clip(ρ_c)A)] − η·H + ν·½·mean (V − R)², with ρ the ratio of likelihoods after and
 * before, of choices (d) and numbers (c) clipped separately to 1 ± ε (Fan et al., "Hybrid actor-critic reinforcement
 * learning in parameterized action space", 2019), and H the mean entropy of all heads.
 */
export function ppoLoss(
  network: PolicyNetwork,
  parameters: Float64Array,
  samples: readonly Sample[],
  weights: ObjectiveWeights,
): { loss: number; gradient: Float64Array } {
  const gradient = new Float64Array(parameters.length);
  const share = 1 / samples.length;
  let loss = 0;
  for (const sample of samples) {
    const activations = forward(network.shape, parameters, sample.observation);
    const outputs = activations[activations.length - 1];
    const outputGradient = new Float64Array(outputs.length);
    const now = logLikelihood(network, outputs, parameters, sample.action);
    const onChoices = surrogateTerm(now.choices - sample.before.choices, sample.advantage, weights.epsilon);
    const onNumbers = surrogateTerm(now.numbers - sample.before.numbers, sample.advantage, weights.epsilon);
    loss -= share * (onChoices.value + onNumbers.value);

    network.heads.choices.forEach((head, i) => {
      const p = probabilities(outputs, head);
      const entropy = -p.reduce((sum, q) => sum + (q > 0 ? q * Math.log(q) : 0), 0);
      loss -= share * weights.entropy * entropy;
      const chosen = sample.action.options[i];
      for (let option = 0; option < head.options; option++) {
        const likelihood = chosen < 0 ? 0 : Number(option === chosen) - p[option];
        const entropySlope = p[option] > 0 ? -p[option] * (Math.log(p[option]) + entropy) : 0;
        outputGradient[head.offset + option] -= share * (onChoices.slope * likelihood + weights.entropy * entropySlope);
      }
    });
    network.heads.numbers.forEach((head, i) => {
      const at = network.mlpSize + head.spread;
      loss -= share * weights.entropy * (parameters[at] + 0.5 * Math.log(2 * Math.PI * Math.E));
      gradient[at] -= share * weights.entropy;
      if (Number.isNaN(sample.action.logits[i])) return;
      const spread = Math.exp(parameters[at]);
      const z = (sample.action.logits[i] - outputs[head.offset]) / spread;
      outputGradient[head.offset] -= (share * onNumbers.slope * z) / spread;
      gradient[at] -= share * onNumbers.slope * (z * z - 1);
    });
    const valueError = outputs[outputs.length - 1] - sample.reward;
    loss += share * weights.value * 0.5 * valueError * valueError;
    outputGradient[outputs.length - 1] += share * weights.value * valueError;
    backward(network.shape, parameters, activations, outputGradient, gradient);
  }
  return { loss, gradient };
}

/** min(ρA, clip(ρ, 1 ± ε)A) for ρ = exp(logRatio), and its derivative by log π. */
function surrogateTerm(logRatio: number, advantage: number, epsilon: number): { value: number; slope: number } {
  const ratio = Math.exp(clip(logRatio, -20, 20));
  const clipped = clip(ratio, 1 - epsilon, 1 + epsilon);
  const isFree = ratio * advantage <= clipped * advantage;
  return { value: Math.min(ratio * advantage, clipped * advantage), slope: isFree ? ratio * advantage : 0 };
}
