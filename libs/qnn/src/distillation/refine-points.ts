import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { CompiledCircuit } from '../engine/engine.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { createAdam } from '../training/adam.ts';
import { throughStandardizer } from './standardized-gradient.ts';
import { trainingGradient } from './training-gradient.ts';

/** How points are moved by the utility gradient. */
export interface RefineSettings {
  /** Steps, each with trainings of its own. */
  readonly steps: number;
  /** Trainings of the QNN a step, over which the gradient is averaged. */
  readonly trainings: number;
  /** Steps at the end of each training through which the gradient is taken; all if it has fewer. */
  readonly unrolled: number;
  /** Size of a step in standard deviations of a feature; it falls to 0 over the steps, as a half cosine. */
  readonly stepSize: number;
}

/** Chosen by the benchmark `distill` on draws that prove nothing else. */
export const DEFAULT_REFINE: RefineSettings = { steps: 40, trainings: 2, unrolled: 40, stepSize: 0.1 };

/** Progress of {@link refinePoints}. */
export interface RefineProgress {
  /** Steps taken. */
  readonly step: number;
  /** Mean loss on the real points of the QNNs that the step trained. */
  readonly loss: number;
}

/** What {@link refinePoints} works on. */
export interface Refined {
  /** The points to move, all classes among them. */
  readonly points: Points;
  /** The real points, by whose loss they are moved, in the same units. */
  readonly real: Points;
  readonly settings: RefineSettings;
  readonly random: Random;
  /** Called after every step. An error ends the refinement. */
  readonly onStep?: (progress: RefineProgress) => void | Promise<void>;
}

/**
 * Moves points so that a QNN which is trained on them, and scales features by them, has a small loss on the real points: Adam
 * along {@link trainingGradient}, averaged over trainings from new initial parameters and mini-batches in every step. Labels
 * stay as they are, and features within the range of the real points. The expectations are exact, whatever the settings say
 * of shots and noise; the engine must compute in float64.
 */
export async function refinePoints(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  { points, real, settings: refine, random, onStep }: Refined,
): Promise<Points> {
  const { features, count, y } = points;
  const unit = fitStandardizer(real);
  const inUnits = ({ x }: Points) => Float64Array.from(x, (value, i) => toUnit(value, i % features));
  const toUnit = (value: number, j: number) => (value - unit.mean[j]) / unit.scale[j];
  const moved = inUnits(points);
  const held = inUnits(real);
  const ranges = featureRanges(real);
  const adam = createAdam(moved.length, refine.stepSize);
  const before = new Float64Array(moved.length);
  for (let step = 0; step < refine.steps; step++) {
    const scaling = fitStandardizer({ count, features, x: moved });
    const anglesOf = (rows: Float64Array) =>
      rows.map((value, i) => (value - scaling.mean[i % features]) / scaling.scale[i % features]);
    const training = { count, angles: anglesOf(moved), labels: y };
    const heldOut = { count: real.count, angles: anglesOf(held), labels: real.y };
    const gradient = await trainingGradient(compiled, settings, {
      training,
      heldOut,
      seeds: Array.from({ length: refine.trainings }, (_, i) => random.seedFor(`${step}/${i}`)),
      steps: settings.steps,
      recorded: Math.min(settings.steps, refine.unrolled),
    });
    const slopes = throughStandardizer(
      {
        angles: training.angles,
        training: gradient.training,
        heldOutAngles: heldOut.angles,
        heldOut: gradient.heldOut,
      },
      scaling,
    );
    const share = (1 + Math.cos((Math.PI * step) / refine.steps)) / 2;
    before.set(moved);
    adam.step(moved, slopes);
    for (let i = 0; i < moved.length; i++) {
      const { low, high } = ranges[i % features];
      const value = before[i] + share * (moved[i] - before[i]);
      moved[i] = clamp(value, toUnit(low, i % features), toUnit(high, i % features));
    }
    await onStep?.({ step: step + 1, loss: gradient.loss });
  }
  const x = Float32Array.from(moved, (value, i) => {
    const j = i % features;
    return clamp(value * unit.scale[j] + unit.mean[j], ranges[j].low, ranges[j].high);
  });
  return { count, features, classes: points.classes, x, y };
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** Lowest and highest value of each feature. */
function featureRanges({ features, x }: Points) {
  const ranges = Array.from({ length: features }, (_, j) => ({ low: x[j], high: x[j] }));
  x.forEach((value, i) => {
    const range = ranges[i % features];
    range.low = Math.min(range.low, value);
    range.high = Math.max(range.high, value);
  });
  return ranges;
}
