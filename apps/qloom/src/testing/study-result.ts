import {
  ArmKind,
  type ArmResult,
  type Interval,
  type PretrainingArm,
  type PretrainingResult,
  Score,
  StudyResult,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';

/** What a made-up study is to look like. */
export interface ResultOptions {
  /** Whether Qloom's data is added and helps. Default true. */
  readonly helps?: boolean;
  readonly episodes?: number;
  readonly draws?: number;
  /** Whether one class has 95% of the test points, and arms are compared by balanced accuracy. Default false. */
  readonly imbalanced?: boolean;
}

/** A made-up measurement of pre-training, ten draws of 200 steps; `lower` is the lower end of the ratio to real + noise. */
export function makePretraining(lower = 11.6): PretrainingResult {
  const scoredSteps = [0, 1, 2, 5, 10, 20, 50, 100, 200];
  const arm = (name: string, steps: number, start: number, ratio?: Interval): PretrainingArm => ({
    name,
    pretrained: name.startsWith('pretrained'),
    draws: Array.from({ length: 10 }, (_, draw) => ({ draw, steps, censored: draw === 0 && steps > 100 })),
    accuracies: scoredSteps.map((step) => 0.95 - (0.95 - start) * Math.exp((-3 * step) / steps)),
    ratio,
    steps,
  });
  const times = (estimate: number, low: number): Interval => ({
    estimate,
    lower: low,
    upper: estimate * 1.4,
    level: 0.95,
  });
  return {
    settings: { steps: 200, finetuneSteps: 200, target: 0.94, holdSteps: 10 },
    scoredSteps,
    circuitsPerStep: 64,
    arms: [
      arm('real-only', 120, 0.3, times(30.7, 19.2)),
      arm('noise', 65, 0.3, times(16.7, lower)),
      arm('pretrained-noise', 11, 0.9, times(2.8, 1.5)),
      arm('pretrained-qloom', 4, 0.94),
    ],
  };
}

/** A made-up result of the quickstart's shape, always the same: for tests and for work on the report. */
export function makeStudyResult(options: ResultOptions = {}): StudyResult {
  const { helps = true, episodes = 32, draws = 10, imbalanced = false } = options;
  const random = createRandom('study-result-fixture');
  const base = Array.from({ length: draws }, () => 0.905 + 0.02 * random.normal());
  const arm = (name: string, kind: ArmKind, gain: number, frechet?: number): ArmResult => {
    const paired = base.map((accuracy) => Math.min(1, accuracy + gain + (gain === 0 ? 0 : 0.008 * random.normal())));
    const gains = paired.map((accuracy, i) => accuracy - base[i]);
    const losses = paired.map((accuracy) => 1.9 * (1 - accuracy) + 0.1);
    const compared = kind !== ArmKind.REAL_ONLY;
    const classical = kind === ArmKind.CLASSICAL;
    return {
      name,
      kind,
      hyperparameters: kind === ArmKind.RIVAL ? [real('synthRatio', 2.5), real('rival.strength', 0.31)] : [],
      draws: paired.map((accuracy, draw) => ({
        draw,
        accuracy,
        loss: classical ? undefined : losses[draw],
        syntheticCount: frechet === undefined ? 0 : 100,
        seconds: kind === ArmKind.QLOOM ? 4.1 : 0.42,
        balancedAccuracy: accuracy - (imbalanced ? 0.2 : 0),
        auc: name === 'svc' ? undefined : 1 - (1 - accuracy) / 3,
        logLoss: name === 'svc' ? undefined : losses[draw],
      })),
      accuracy: interval(paired),
      loss: classical ? undefined : interval(losses),
      accuracyGain: compared
        ? { difference: interval(gains), pValue: gain > 0.005 ? 0.004 : 0.4, pValueHolm: gain > 0.005 ? 0.016 : 0.8 }
        : undefined,
      lossGain:
        compared && !classical
          ? { difference: interval(gains.map((value) => 1.9 * value)), pValue: 0.01, pValueHolm: 0.04 }
          : undefined,
      frechet:
        frechet === undefined
          ? undefined
          : { estimate: frechet, lower: frechet * 0.85, upper: frechet * 1.2, level: 0.95 },
      balancedAccuracy: interval(paired.map((accuracy) => accuracy - (imbalanced ? 0.2 : 0))),
      balancedAccuracyGain: compared
        ? { difference: interval(gains.map((gain) => 2 * gain)), pValue: 0.01, pValueHolm: 0.04 }
        : undefined,
      auc: name === 'svc' ? undefined : interval(paired.map((accuracy) => 1 - (1 - accuracy) / 3)),
      logLoss: name === 'svc' ? undefined : interval(losses),
      gapClosed:
        frechet === undefined || kind === ArmKind.ORACLE ? undefined : interval(gains.map((gain) => gain / 0.039)),
      curves: [],
      classRecalls: [0.98, 0.93, 0.81].map((recall, label) => ({ label, recall })),
    };
  };
  const chosen = helps ? 21 : undefined;
  return StudyResult.fromPartial({
    study: 'quickstart',
    settings: {
      seed: 1,
      data: {
        source: { $case: 'task', value: { name: 'annni', settingsJson: '{"spins":8,"shots":16}' } },
        labelBudget: 40,
        testSize: 1000,
      },
      qnn: {
        qubits: 4,
        layers: 3,
        ansatz: 'data-reuploading',
        loss: 'cross-entropy',
        steps: 200,
        batchSize: 32,
        learningRate: 0.05,
        engine: 'auto',
      },
      episodes,
      policy: 'ppo-surrogate',
    },
    data: {
      featureNames: ['Z3', 'X3X4', 'X3X5', 'Z0'],
      classNames: ['ferromagnetic', 'antiphase', 'paramagnetic'],
      shots: 16,
      pauliExpectations: true,
    },
    createdAt: new Date('2026-03-02T09:00:00Z'),
    finishedAt: new Date('2026-03-02T09:03:12Z'),
    labelsUsed: 40,
    testCount: 1000,
    draws,
    arms: [
      arm('real-only', ArmKind.REAL_ONLY, 0),
      arm('noise', ArmKind.RIVAL, 0.012, 0.16),
      arm('gaussian', ArmKind.RIVAL, 0.023, 0.1),
      arm('qloom', ArmKind.QLOOM, helps ? 0.019 : 0.001, helps ? 0.12 : undefined),
      arm('oracle', ArmKind.ORACLE, 0.039, 0.06),
      arm('svc', ArmKind.CLASSICAL, 0.015),
      arm('nearest-neighbours', ArmKind.CLASSICAL, 0.026),
      arm('teacher', ArmKind.CLASSICAL, 0.031),
    ],
    oracleRatio: 8,
    frechetNull: { estimate: 0.061, lower: 0.045, upper: 0.082, level: 0.95 },
    incumbents: [
      {
        episode: 21,
        utility: { estimate: 0.14, lower: helps ? 0.03 : -0.05, upper: 0.24, level: 0.95 },
        hyperparameters: settings(random),
        chosen: helps,
      },
      {
        episode: 28,
        utility: { estimate: 0.1, lower: 0.01, upper: 0.2, level: 0.95 },
        hyperparameters: settings(random),
        chosen: false,
      },
      { utility: { estimate: 0, lower: 0, upper: 0, level: 0.95 }, hyperparameters: [], chosen: !helps },
    ],
    addsData: helps,
    testClassCounts: imbalanced ? [950, 30, 20] : [334, 333, 333],
    headline: imbalanced ? Score.BALANCED_ACCURACY : Score.ACCURACY,
    frechetCount: 31,
    verdict: helps
      ? "Qloom's data helped: test accuracy rose by 1.9 points (95% interval +1.4 to +2.4) over real data alone; class-conditional Gaussian rose by 2.3 points and is not beaten."
      : "Qloom's data did not help: no configuration tried was surely better than real data alone, so nothing is added.",
    episodes: Array.from({ length: episodes }, (_, episode) => makeEpisode(episode, random, chosen)),
    effects: [
      effect('gan.lrG', 0.46, 0.34),
      effect('synthRatio', 0.52, 0.27),
      effect('vae.latentDim', -0.21, 0.13),
      effect('vae.activation', 0, 0.1),
      effect('gan.steps', 0.18, 0.09),
      effect('disc.filters', 0, 0.07),
    ],
    policyUpdates: 6,
    gradientSteps: 96_400,
    circuitExecutions: 6_169_600,
    synthetic: helps
      ? {
          rows: 100,
          classCounts: [34, 33, 33],
          hyperparameters: settings(random),
          fitSeed: 3_812_774_021,
          sampleSeed: 92_114,
          model: { sha256: 'a3'.repeat(32), sizeBytes: 81_020, mediaType: 'application/x-qloom-model' },
          training: { sha256: '7c'.repeat(32), sizeBytes: 1000, mediaType: 'application/x-qloom-points' },
          fidelity: {
            fold: 0,
            syntheticCount: 100,
            constraints: [
              { name: 'diversity', value: -0.12 },
              { name: 'fidelity', value: 0.71 },
            ],
            metrics: [
              { name: 'frechet', value: 0.118 },
              { name: 'frechet.null', value: 0.061 },
              { name: 'coverage', value: 0.83 },
              { name: 'precision', value: 0.91 },
            ],
            nullDistribution: [],
          },
          acceptance: 0.78,
        }
      : undefined,
  });
}

function makeEpisode(episode: number, random: Random, chosen: number | undefined): StudyResult['episodes'][number] {
  const learned = episode / 40;
  const utility = episode === chosen ? 0.231 : episode === 5 ? -1.4 : -0.18 + 0.28 * learned + 0.1 * random.normal();
  const failed = episode === 7 || episode === 18;
  return {
    episode,
    batch: Math.floor(episode / 4),
    origin: episode < 8 ? 'sobol' : episode % 3 === 0 ? 'surrogate' : 'policy',
    hyperparameters: settings(random, episode === 3),
    reward: failed
      ? undefined
      : {
          reward: utility * 4,
          utility,
          utilityStandardError: 0.05,
          lossRealOnly: 0.32,
          lossAugmented: 0.32 * (1 - utility),
          accuracyRealOnly: 0.9,
          accuracyAugmented: 0.91,
          constraints: [],
          form: 'constrained',
        },
    failure: failed
      ? { reason: FailureReason.DIVERGED, message: 'generator.adversarial became NaN at step 112' }
      : undefined,
    seconds: 4 + random.uniform() * 3,
    observation: [],
  };
}

function settings(random: Random, nothing = false): HyperparameterSetting[] {
  return [
    choice('method', 'gan'),
    real('synthRatio', nothing ? 0 : 0.25 * 32 ** random.uniform()),
    real('gan.lrG', 5e-5 * 40 ** random.uniform()),
    integer('gan.steps', Math.round(60 + 240 * random.uniform())),
    integer('vae.latentDim', Math.round(2 * 16 ** random.uniform())),
    choice('vae.activation', ['relu', 'swish', 'tanh'][random.integer(3)]),
    choice('disc.filters', ['8', '16'][random.integer(2)]),
  ];
}

function interval(values: readonly number[]): Interval {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const half = 2.1 * Math.sqrt(variance / values.length);
  return { estimate: mean, lower: mean - half, upper: mean + half, level: 0.95 };
}

function effect(name: string, rho: number, importance: number): StudyResult['effects'][number] {
  return { name, rankCorrelation: { estimate: rho, lower: rho - 0.2, upper: rho + 0.2, level: 0.95 }, importance };
}

function real(name: string, value: number): HyperparameterSetting {
  return { name, value: { value: { $case: 'real', value } } };
}

function integer(name: string, value: number): HyperparameterSetting {
  return { name, value: { value: { $case: 'integer', value } } };
}

function choice(name: string, value: string): HyperparameterSetting {
  return { name, value: { value: { $case: 'choice', value } } };
}
