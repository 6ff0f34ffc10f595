import {
  type AssessRequest,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  type FitRequest,
  type FitSettings,
  GeneratorServiceService,
  type SampleRequest,
  SampleSettings,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import {
  type EvaluateRequest,
  EvaluateSettings,
  QnnSimulatorServiceService,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { createRandom } from '@qloom/random/random.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import type { Configuration, Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows } from '@qloom/study/points/rows.ts';
import type { OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';
import { decodeConfiguration, encodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { encodeMethod } from '@qloom/study-rpc/codec/offered-methods.ts';
import { createPointsCollector, encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { encodeBytes, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { CONSTRAINTS } from '../domain/reward/constraints.ts';

const PARAMETERS: readonly Hyperparameter[] = [
  { name: 'method', kind: 'categorical', choices: ['gan', 'noise', 'gaussian'], default: 'gan' },
  {
    name: 'rival.strength',
    kind: 'float',
    min: 0.1,
    max: 10,
    scale: 'log',
    default: 1,
    condition: { parameter: 'method', values: ['noise', 'gaussian'] },
  },
  {
    name: 'gan.lrG',
    kind: 'float',
    min: 5e-5,
    max: 2e-3,
    scale: 'log',
    default: 1e-3,
    condition: { parameter: 'method', values: ['gan'] },
  },
  { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 1 },
];
const CRITIC: readonly Hyperparameter[] = [
  { name: 'disc.arch', kind: 'categorical', choices: ['conv', 'mlp'], default: 'conv' },
  {
    name: 'disc.kernel',
    kind: 'categorical',
    choices: ['3', '5'],
    default: '3',
    condition: { parameter: 'disc.arch', values: ['conv'] },
  },
];

/** What the stand-in generator keeps of a fit. */
interface Model {
  readonly configuration: Configuration;
  readonly width: number;
  readonly features: number;
  readonly classes: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Fits that led to it, each from the model before; absent: one. */
  readonly fits?: number;
}

function capabilities(service: string, parameters: readonly Hyperparameter[]) {
  const hyperparameters = parameters.map(encodeHyperparameter);
  return { capabilities: { service, version: '0', engines: [], limits: [], hyperparameters } };
}

/** Called with the settings of each call before it is answered; an error that it throws is the answer. */
export interface StandInHooks {
  /** A fit that continues from a model, which is the result of so many fits. */
  onContinue?(settings: FitSettings, fits: number): void;
  onFit?(settings: FitSettings): void | Promise<void>;
  /** `model` is what the call samples from. */
  onSample?(settings: SampleSettings, model: Model): void;
  onEvaluate?(settings: EvaluateSettings): void | Promise<void>;
}

/**
 * A generator that jitters training points by an amount given by its learning rate, offers `parameters` and describes `methods`.
 * `gan.lrG` above 1.8e-3 diverges.
 */
export function standInGenerator(
  hooks: StandInHooks = {},
  parameters: readonly Hyperparameter[] = PARAMETERS,
  methods: readonly OfferedMethod[] = [],
): ServiceBinding {
  return bindService(GeneratorServiceService, {
    getCapabilities: async () => ({ ...capabilities('generator', parameters), methods: methods.map(encodeMethod) }),
    async *fit(requests: AsyncIterable<FitRequest>) {
      const collector = createPointsCollector('training');
      const initial = createByteAssembler('initial_model');
      let settings: FitSettings | undefined;
      let width = 0.1;
      let configuration: Configuration = {};
      for await (const { part } of requests) {
        if (part?.$case === 'training') collector.add(part.value);
        if (part?.$case === 'initialModel') initial.add(part.value);
        if (part?.$case !== 'settings') continue;
        settings = part.value;
        await hooks.onFit?.(part.value);
        configuration = decodeConfiguration(part.value.hyperparameters, 'settings.hyperparameters');
        width =
          configuration['gan.lrG'] === undefined
            ? 0.2 * Number(configuration['rival.strength'] ?? 1)
            : 400 * Number(configuration['gan.lrG']);
        if (width > 0.72 && configuration.method === 'gan')
          throw new DomainError('diverged', 'gan.lrG: the loss is NaN at step 3');
      }
      const { features, classes, x, y } = collector.points();
      const before = initial.started ? modelOf(initial.bytes()) : undefined;
      const fits = before && (before.fits ?? 1) + 1;
      if (before && settings) hooks.onContinue?.(settings, before.fits ?? 1);
      // Every fit improves on the one before.
      const model: Model = { configuration, width: width / (fits ?? 1), features, classes, x: [...x], y: [...y], fits };
      for (const value of encodeBytes(new TextEncoder().encode(JSON.stringify(model)))) {
        yield { part: { $case: 'model', value } } as const;
      }
      const values = [
        { name: 'generator.loss', value: width },
        { name: 'critic.loss', value: 1 - width },
      ];
      yield {
        part: { $case: 'summary', value: { steps: 3, selectedStep: 3, values, seconds: 0, resumedFromStep: 0 } },
      } as const;
    },
    async *sample(requests: AsyncIterable<SampleRequest>) {
      const bytes = createByteAssembler('model');
      let settings = SampleSettings.fromPartial({});
      for await (const { part } of requests) {
        if (part?.$case === 'model') bytes.add(part.value);
        if (part?.$case === 'settings') settings = part.value;
      }
      const model = modelOf(bytes.bytes());
      hooks.onSample?.(settings, model);
      const points = jitter(model, settings.classCounts, settings.seed);
      for (const value of encodePoints(points)) yield { part: { $case: 'points', value } } as const;
      const summary = { count: points.count, drawn: points.count, acceptance: 1, forced: 0 };
      yield { part: { $case: 'summary', value: summary } } as const;
    },
  });
}

const modelOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Model;

function jitter(model: Model, counts: readonly number[], seed: number): Points {
  const random = createRandom(seed);
  const { features, classes } = model;
  const y = Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  const x = new Float32Array(y.length * features);
  y.forEach((label, row) => {
    const rows = model.y.flatMap((of, i) => (of === label ? [i] : []));
    const from = rows[random.integer(rows.length)];
    for (let j = 0; j < features; j++)
      x[row * features + j] = model.x[from * features + j] + model.width * random.normal();
  });
  return { count: y.length, features, classes, x, y };
}

/** A discriminator whose auditor estimates the width of the jitter from the spread of the points. */
export function standInDiscriminator(): ServiceBinding {
  return bindService(DiscriminatorServiceService, {
    getCapabilities: async () => capabilities('discriminator', CRITIC),
    // biome-ignore lint/correctness/useYield: it never answers.
    async *critique() {
      throw new DomainError('unsupported', 'critique: not in this test');
    },
    async assess(requests: AsyncIterable<AssessRequest>) {
      const synthetic = createPointsCollector('synthetic');
      let fold = 0;
      for await (const { part } of requests) {
        if (part?.$case === 'synthetic') synthetic.add(part.value);
        if (part?.$case === 'settings') fold = part.value.fold;
      }
      const points = synthetic.started ? synthetic.points() : null;
      const spread = points === null ? 0 : points.x.reduce((sum, value) => sum + value * value, 0) / points.x.length;
      return {
        report: {
          fold,
          syntheticCount: points?.count ?? 0,
          constraints: CONSTRAINTS.map((name, i) => ({ name, value: -0.1 * spread * (i + 1) })),
          metrics: [
            { name: 'entropy.real', value: 1 },
            { name: 'entropy.synthetic', value: 1 + spread },
          ],
          nullDistribution: CONSTRAINTS.flatMap((name) => [
            { name: `${name}.sigma`, value: 0.05 },
            { name: `${name}.tau`, value: -0.2 },
          ]),
        },
      };
    },
  });
}

/** A simulator that classifies by the nearest class mean. */
export function standInSimulator(hooks: StandInHooks = {}): ServiceBinding {
  return bindService(QnnSimulatorServiceService, {
    getCapabilities: async () => capabilities('qnn-sim', []),
    expectation: async () => Promise.reject(new DomainError('unsupported', 'not in this test')),
    gradient: async () => Promise.reject(new DomainError('unsupported', 'not in this test')),
    measure: async () => Promise.reject(new DomainError('unsupported', 'not in this test')),
    // biome-ignore lint/correctness/useYield: it never answers.
    async *minimize() {
      throw new DomainError('unsupported', 'minimize: not in this test');
    },
    async evaluate(requests: AsyncIterable<EvaluateRequest>) {
      const roles = {
        training: createPointsCollector('training'),
        synthetic: createPointsCollector('synthetic'),
        heldOut: createPointsCollector('held_out'),
      };
      let settings = EvaluateSettings.fromPartial({ seeds: [0] });
      for await (const { part } of requests) {
        if (part?.$case === 'settings') {
          settings = part.value;
          await hooks.onEvaluate?.(settings);
        } else if (part !== undefined) {
          roles[part.$case].add(part.value);
        }
      }
      const training = roles.training.points();
      const augmented = roles.synthetic.started ? concatenateRows([training, roles.synthetic.points()]) : null;
      const all = augmented === null ? [QnnArm.REAL_ONLY] : [QnnArm.REAL_ONLY, QnnArm.AUGMENTED];
      const arms = settings.arms.length > 0 ? settings.arms : all;
      const runs = arms.flatMap((arm) =>
        settings.seeds.map((seed) => {
          const from = arm === QnnArm.AUGMENTED ? (augmented ?? training) : training;
          const scored = score(from, roles.heldOut.points(), seed, settings.probabilities);
          return {
            arm,
            seed,
            ...scored,
            scoredAccuracies: settings.scoredSteps.map(() => scored.accuracy),
            parameters: settings.parameters ? encodeTensor(Float64Array.of(seed)) : undefined,
          };
        }),
      );
      return { report: { fold: settings.fold, runs, engine: 'stand-in' } };
    },
  });
}

function score(training: Points, heldOut: Points, seed: number, isProbabilistic: boolean) {
  const { features, classes } = training;
  const shift = 0.01 * createRandom(seed).normal();
  const means = Array.from({ length: classes }, (_, label) => {
    const mean = new Float64Array(features).fill(shift);
    const rows = [...training.y.keys()].filter((row) => training.y[row] === label);
    for (const row of rows) for (let j = 0; j < features; j++) mean[j] += training.x[row * features + j] / rows.length;
    return mean;
  });
  const losses = new Float32Array(heldOut.count);
  const predictions = new Int32Array(heldOut.count);
  const probabilities = new Float32Array(heldOut.count * classes);
  for (let row = 0; row < heldOut.count; row++) {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, j) => sum + (value - heldOut.x[row * features + j]) ** 2, 0),
    );
    predictions[row] = distances.indexOf(Math.min(...distances));
    const total = distances.reduce((sum, distance) => sum + Math.exp(-distance), 0);
    losses[row] = distances[heldOut.y[row]] + Math.log(total);
    for (let c = 0; c < classes; c++) probabilities[row * classes + c] = Math.exp(-distances[c]) / total;
  }
  const right = predictions.filter((label, row) => label === heldOut.y[row]).length;
  return {
    loss: losses.reduce((sum, loss) => sum + loss / losses.length, 0),
    accuracy: right / heldOut.count,
    losses: encodeTensor(losses),
    predictions: encodeTensor(predictions),
    probabilities: isProbabilistic ? encodeTensor(probabilities, [heldOut.count, classes]) : undefined,
    trainingLoss: 0,
    trainingLosses: [0.5, 0.25],
    gradientSteps: 10,
    circuitExecutions: 20,
    seconds: 0,
  };
}
