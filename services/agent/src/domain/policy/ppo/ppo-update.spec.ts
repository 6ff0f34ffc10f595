import { createRandom, type Random } from '@qloom/random/random.ts';
import { createSpace, type Space } from '@qloom/study/space/space.ts';
import { rounding, UNIT_ROUNDOFF } from '@qloom/tensor/testing/rounding.ts';
import { createStepRunner, type RunStep, runEagerly } from '@qloom/tfjs/steps/run-step.ts';
import { useTraining } from '@qloom/tfjs/steps/use-training.ts';
import fc from 'fast-check';
import { ratiosOf, referenceUpdate } from '../../../testing/ppo-reference.ts';
import { createPolicies } from '../policy-table.ts';
import { interactingRates } from '../toy/toy-benchmarks.ts';
import { actionOf } from './heads.ts';
import { type PolicyNetwork, policyNetwork } from './ppo-network.ts';
import { epochKey, PPO, type UpdateBatch, updateNetwork } from './ppo-update.ts';

let compiled: RunStep;
const eager: RunStep = async (_key, define, inputs) => runEagerly(define(), inputs);

beforeAll(async () => {
  const training = await useTraining({ mode: 'on' });
  compiled = createStepRunner('a policy', training.compiled.steps);
});

/** A network with random weights, in the middle of a study, and a batch of random configurations of the space. */
function scene(space: Space, seed: number, episodes: number, hidden: readonly number[]) {
  const network = policyNetwork(space, hidden);
  const random = createRandom(`update ${seed}`);
  const state = new Float32Array(3 * network.size);
  for (let i = 0; i < network.size; i++) {
    state[i] = 0.3 * random.normal();
    state[network.size + i] = 0.01 * random.normal();
    state[2 * network.size + i] = 1e-4 * (1 + random.uniform());
  }
  const settings = { space, episodes, batchSize: episodes, sobolEpisodes: 0, seed: `${seed}` };
  const policy = createPolicies(eager)('random');
  const request = { batch: 0, firstEpisode: 0, count: episodes };
  const points = policy.propose(settings, policy.initial(settings), request);
  const batch: UpdateBatch = {
    observation: Array.from({ length: network.shape.sizes[0] }, () => random.normal()),
    actions: points.map(({ hyperparameters }) => actionOf(network.heads, hyperparameters)),
    rewards: points.map(() => 2 * random.normal()),
    entropy: 0.02,
    steps: random.integer(20),
  };
  return { network, state, batch };
}

/** The largest difference, in units of 1 or of what differs, whichever is larger. */
const mostApart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]) / Math.max(1, Math.abs(value))));

/** The largest numbers of some arrays' differences, part by part: parameters, first moments, second moments. */
function partsApart(a: Float32Array, b: Float32Array, size: number): number[] {
  return [0, 1, 2].map((part) => {
    let most = 0;
    for (let i = part * size; i < (part + 1) * size; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
    return most;
  });
}

/**
 * A runner that runs each epoch both ways from the same state, and continues with the eager result. Adam divides by √v
 * and each epoch starts from the result of the last one, so that no bound on four epochs together is both safe and
 * useful. For one epoch the bound is measured: the inputs (parameters, moments, likelihoods before, the batch) are
 * perturbed by at most one float32 rounding each, and the change of the result shows the effect of rounding at this
 * point. The error of a single log ratio may dominate, and one perturbation may leave that ratio unchanged, so that
 * eight are taken. Sixteen times the largest change, plus the last roundings of Adam itself (16 operations), bounds the
 * difference. If a ratio is at a clip, the gradient has two values, of which rounding may select either; such an epoch
 * is not compared.
 */
function heldToEager(network: PolicyNetwork, batch: UpdateBatch, random: Random): RunStep {
  const { size } = network;
  return async (key, define, inputs) => {
    const [one, other] = await Promise.all([compiled, eager].map((run) => run(key, define, inputs)));
    const [now, before] = [inputs[0], inputs[1]].map((values) => Float64Array.from(values.subarray(0, size)));
    const toClip = ratiosOf(network, now, before, batch).map((ratio) => Math.abs(Math.abs(ratio - 1) - PPO.epsilon));
    // Rounding changes a ratio by about 1e-6.
    if (Math.min(...toClip) < 1e-3) return other;
    const largest = partsApart(other.state, new Float32Array(3 * size), size);
    const rounded = (value: number) => value * (1 + 2 * (random.integer(3) - 1) * UNIT_ROUNDOFF.float32);
    const most = [0, 0, 0];
    for (let move = 0; move < 8; move++) {
      const [coefficients, ...varied] = [...inputs].reverse();
      const beside = await eager(key, define, [...varied.reverse().map((values) => values.map(rounded)), coefficients]);
      partsApart(beside.state, other.state, size).forEach((value, part) => {
        most[part] = Math.max(most[part], value);
      });
    }
    const bounds = most.map((move, part) => 16 * move + rounding(16, Math.max(1, largest[part]), 'float32'));
    const apart = partsApart(one.state, other.state, size);
    expect({ apart, bounds, near: apart.every((value, part) => value <= bounds[part]) }).toMatchObject({ near: true });
    return other;
  };
}

const choicesOnly = createSpace([{ name: 'b', kind: 'categorical', choices: ['x', 'y'], default: 'x' }]);
const numbersOnly = createSpace([{ name: 'a', kind: 'float', min: 1, max: 2, scale: 'linear', default: 1 }]);
const pinned = createSpace([{ name: 'a', kind: 'float', min: 1, max: 1, scale: 'linear', default: 1 }]);

describe.each([
  ['compiled', () => compiled],
  ['eager', () => eager],
])('an update of PPO, %s', (_name, run) => {
  it.each([
    ['choices and numbers, some of them inactive', interactingRates.space],
    ['choices only', choicesOnly],
    ['numbers only', numbersOnly],
    ['nothing to choose', pinned],
  ])('agrees with float64 and finite differences: %s', async (_what, space) => {
    for (const seed of [1, 2, 3]) {
      const { network, state, batch } = scene(space, seed, 6, [5, 4]);
      const parts = [0, 1, 2].map((part) =>
        Float64Array.from(state.subarray(part * network.size)).slice(0, network.size),
      );
      const expected = referenceUpdate(network, { parameters: parts[0], m: parts[1], v: parts[2] }, batch);
      const after = await updateNetwork(run(), network, state, batch);
      const moved = mostApart(expected.parameters, parts[0]);
      expect(moved).toBeGreaterThan(0.01);
      const apart = mostApart(after.subarray(0, network.size), expected.parameters);
      // Four steps of at most .05 each. A step's error is below 1.75·√(1 − .999ᵗ)/(1 − .9ᵗ) ≤ .6 times that of the
      // gradient, since √v ≥ .01; the gradient has about forty float32 roundings of terms of up to 3, and the
      // differences err by 1e-8: 4·.6·7e-6.
      expect([seed, apart < 2e-5]).toEqual([seed, true]);
      // Moments take a tenth of the gradient's error at most, of each epoch; v a thousandth of 2·|gradient| of it.
      expect([seed, mostApart(after.subarray(network.size), [...expected.m, ...expected.v]) < 1e-5]).toEqual([
        seed,
        true,
      ]);
    }
  });
});

describe('an update of PPO', () => {
  it('is the same compiled and eager, at the size of studies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 4 }), async (seed, episodes) => {
        const { network, state, batch } = scene(interactingRates.space, seed, episodes, PPO.hidden);
        await updateNetwork(heldToEager(network, batch, createRandom(seed)), network, state, batch);
        expect.hasAssertions();
      }),
      { numRuns: 6 },
    );
  });

  it('is finite for a batch whose likelihoods have changed much', async () => {
    const { network, state, batch } = scene(interactingRates.space, 9, 4, PPO.hidden);
    state.fill(Math.log(PPO.spread.least), network.mlpSize, network.size);
    const far = {
      ...batch,
      rewards: [-3, 3, -3, 3],
      actions: batch.actions.map((action) => ({ ...action, logits: action.logits.map(() => 4) })),
    };
    let after: Float32Array = state;
    for (let i = 0; i < 20; i++) after = await updateNetwork(compiled, network, after, { ...far, steps: 4 * i });
    expect(after.every(Number.isFinite)).toBe(true);
  });

  it('has the same key for the same graph only', () => {
    const key = (space: Space, episodes = 4, hidden: readonly number[] = PPO.hidden) =>
      epochKey(policyNetwork(space, hidden), episodes);
    const keys = [
      key(interactingRates.space),
      key(choicesOnly),
      key(numbersOnly),
      key(pinned),
      key(pinned, 3),
      key(pinned, 4, [64]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    const renamed = createSpace([{ name: 'other', kind: 'categorical', choices: ['p', 'q'], default: 'q' }]);
    expect(key(renamed)).toBe(key(choicesOnly));
  });
});
