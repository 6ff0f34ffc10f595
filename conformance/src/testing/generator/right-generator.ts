import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  type Hyperparameter,
  HyperparameterKind,
  HyperparameterScale,
  type HyperparameterSetting,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { FitResponse, SampleResponse } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector, encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { encodeBytes } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { normals, uniforms } from '../random.ts';

const FIT = [
  ['settings', 'once'],
  ['training', 'some'],
  ['unlabelled', 'any'],
  ['source', 'any'],
  ['initialModel', 'any'],
  ['resume', 'any'],
] as const;
const SAMPLE = [
  ['settings', 'once'],
  ['model', 'some'],
] as const;

const STEPS: Hyperparameter = {
  name: 'toy.steps',
  description: 'Steps.',
  kind: HyperparameterKind.INTEGER,
  minimum: 8,
  maximum: 40,
  scale: HyperparameterScale.LINEAR,
  choices: [],
  defaultValue: { value: { $case: 'integer', value: 12 } },
  zeroAllowed: false,
  fixedByModel: false,
};
const SPREAD: Hyperparameter = {
  ...STEPS,
  name: 'toy.spread',
  description: 'Spread of the points, in standard deviations.',
  kind: HyperparameterKind.REAL,
  minimum: 0.25,
  maximum: 1,
  defaultValue: { value: { $case: 'real', value: 0.75 } },
  fixedByModel: true,
};
const METHOD: Hyperparameter = {
  ...STEPS,
  name: 'method',
  description: 'How points are made.',
  kind: HyperparameterKind.CHOICE,
  choices: ['moments', 'tight'],
  defaultValue: { value: { $case: 'choice', value: 'moments' } },
};

/** Mean and standard deviation of each feature of a class, and its number of points. */
interface ClassMoments {
  readonly count: number;
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}
interface Model {
  readonly features: number;
  /** As given, and as approached after all steps. */
  readonly given: number;
  readonly spread: number;
  /** Steps of this fit and of those that it continued. */
  readonly steps: number;
  readonly classes: readonly ClassMoments[];
}

/**
 * A small right generator: a normal distribution of each feature and class, whose spread is approached in steps. It sends
 * progress and resumable checkpoints, and continues from models.
 */
export function rightGenerator(): ServiceBinding {
  return bindService(GeneratorServiceService, {
    getCapabilities: () => ({
      capabilities: {
        service: 'toy',
        version: '1.0.0',
        engines: [],
        limits: [],
        hyperparameters: [STEPS, SPREAD, METHOD],
      },
      methods: ['moments', 'tight'].map((name) => ({
        name,
        description: `${name}.`,
        baseline: false,
        needs: [],
        continues: name === 'moments',
      })),
    }),
    async *fit(requests): AsyncGenerator<FitResponse> {
      const training = createPointsCollector('training');
      const resume = createByteAssembler('resume');
      const initial = createByteAssembler('initial_model');
      const { settings } = await readParts(requests, FIT, {
        training: training.add,
        initialModel: initial.add,
        resume: resume.add,
      });
      const points = training.points();
      const steps = numberOf(settings.hyperparameters, STEPS);
      const spread = numberOf(settings.hyperparameters, SPREAD);
      const width = widthOf(settings.hyperparameters, initial.started);
      const before = initial.started ? readInitial(initial.bytes(), spread) : 0;
      const key = digest({ steps, width, before, spread, seed: settings.seed, x: [...points.x], y: [...points.y] });
      const from = resume.started ? readCheckpoint(resume.bytes(), key) : 0;
      const every = settings.checkpointEverySteps || 5;
      for (let step = from + 1; step <= steps; step++) {
        // Other calls have their turn.
        await setImmediate();
        yield {
          part: { $case: 'progress', value: { step, totalSteps: steps, losses: [{ name: 'gap', value: 1 / step }] } },
        };
        if (step % every !== 0) continue;
        const state = Buffer.from(JSON.stringify({ key, step }));
        for (const chunk of encodeBytes(state)) yield { part: { $case: 'resume', value: { step, chunk } } };
      }
      const model: Model = {
        features: points.features,
        given: spread,
        spread: width * spread * (1 - 1 / (1 + before + steps)),
        steps: before + steps,
        classes: momentsOf(points),
      };
      for (const value of encodeBytes(Buffer.from(JSON.stringify(model)))) yield { part: { $case: 'model', value } };
      const summary = { steps, selectedStep: steps, values: [], seconds: 0, resumedFromStep: from };
      yield { part: { $case: 'summary', value: summary } };
    },
    async *sample(requests): AsyncGenerator<SampleResponse> {
      const bytes = createByteAssembler('model');
      const { settings } = await readParts(requests, SAMPLE, { model: bytes.add });
      const model = readModel(bytes.bytes());
      const points = draw(model, settings.classCounts, settings.seed);
      for (const value of encodePoints(points)) yield { part: { $case: 'points', value } };
      const { count } = points;
      yield { part: { $case: 'summary', value: { count, drawn: count, acceptance: 1, forced: 0 } } };
    },
  });
}

function numberOf(
  settings: readonly HyperparameterSetting[],
  { name, minimum, maximum, defaultValue }: Hyperparameter,
): number {
  const given = (settings.find((setting) => setting.name === name)?.value ?? defaultValue)?.value;
  const value = Number(given?.value);
  if (value >= minimum && value <= maximum) return value;
  throw new ValidationError([{ field: name, description: `is ${value}` }]);
}

/** Factor of the spread: method "tight" halves it, and does not continue from a model. */
function widthOf(settings: readonly HyperparameterSetting[], continues: boolean): number {
  const method = settings.find(({ name }) => name === METHOD.name)?.value?.value?.value ?? 'moments';
  if (method === 'moments') return 1;
  if (method === 'tight' && !continues) return 0.5;
  throw new ValidationError([{ field: METHOD.name, description: `is ${method}` }]);
}

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

function readCheckpoint(bytes: Uint8Array, key: string): number {
  const text = new TextDecoder().decode(bytes);
  const state = text.startsWith('{') ? JSON.parse(text) : undefined;
  if (state?.key !== key) throw new DomainError('precondition', 'resume: a checkpoint of another fit, or none');
  return state.step;
}

function momentsOf({ features, classes, x, y }: Points): ClassMoments[] {
  return Array.from({ length: classes }, (_, label) => {
    const rows = [...y.keys()].filter((row) => y[row] === label);
    const meanOf = (of: (row: number) => number) =>
      rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length);
    const means = Array.from({ length: features }, (_, j) => meanOf((row) => x[row * features + j]));
    const deviations = means.map((mean, j) => Math.sqrt(meanOf((row) => (x[row * features + j] - mean) ** 2)));
    return { count: rows.length, means, deviations };
  });
}

function readModel(bytes: Uint8Array): Model {
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith('{')) return JSON.parse(text);
  throw new ValidationError([{ field: 'model', description: 'is none' }]);
}

/** Steps behind a model that a fit with this spread continues from. */
function readInitial(bytes: Uint8Array, spread: number): number {
  const { given, steps } = readModel(bytes);
  if (given === spread) return steps;
  throw new ValidationError([{ field: 'initial_model', description: `has spread ${given}` }]);
}

function draw({ features, spread, classes }: Model, counts: readonly number[], seed: number): Points {
  const wrong =
    counts.length !== classes.length || counts.some((count, label) => count > 0 && classes[label].count === 0);
  if (wrong) throw new ValidationError([{ field: 'settings.class_counts', description: `is ${counts}` }]);
  const count = counts.reduce((a, b) => a + b, 0);
  const normal = normals(uniforms(seed));
  const y = new Int32Array(count);
  const x = new Float32Array(count * features);
  let row = 0;
  for (const [label, wanted] of counts.entries()) {
    const { means, deviations } = classes[label];
    for (let i = 0; i < wanted; i++, row++) {
      y[row] = label;
      for (let j = 0; j < features; j++) x[row * features + j] = means[j] + spread * deviations[j] * normal();
    }
  }
  return { count, features, classes: classes.length, x, y };
}
