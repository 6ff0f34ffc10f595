import { classCentresSteps } from '@qloom/datasets/clusters/class-centres.ts';
import { stratifiedSample } from '@qloom/datasets/split/stratified-folds.ts';
import { runInTurns } from '@qloom/datasets/split/turns.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import type { CompiledCircuit } from '../engine/engine.ts';
import { QnnSettingsError } from '../model/create-qnn-settings.ts';
import { encodingOf } from '../model/qnn-problems.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { lossAfterTraining } from './loss-after-training.ts';
import { type RefineProgress, type RefineSettings, refinePoints } from './refine-points.ts';

/** Trainings by whose loss on the real points the refined points or the centres are kept. */
const JUDGES = 4;

/** What a distilled set is made of, and how. */
export interface Distillation {
  readonly real: Points;
  /** Number of distilled points of all classes together. */
  readonly points: number;
  readonly seed: number | string;
  /** How centres are refined; null: they are not. */
  readonly refine: RefineSettings | null;
  /** Called after every step of the refinement. An error ends the distillation. */
  readonly onStep?: (progress: RefineProgress) => void | Promise<void>;
  /** Ends the search for centres. Default: none. */
  readonly signal?: AbortSignal;
}

/** Few labelled points in place of many. */
export interface DistilledSet {
  readonly points: Points;
  /** The centres of k-means that the refinement started from. */
  readonly centres: Points;
  /** Whether `points` are the refined ones; false: they are the centres. */
  readonly refined: boolean;
}

/**
 * Distils real points for a QNN (after Wang et al., "Dataset distillation", arXiv:1811.10959): centres of k-means within each
 * class, which the utility gradient of the QNN then moves. The centres are kept where new trainings on them have the smaller loss on
 * the real points. Throws DatasetError where the number of points does not fit the
 * classes and rows, QnnSettingsError for the encoding 'basis', which takes 0 and 1 alone, and the signal's reason once it has aborted.
 */
export async function distill(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  { real, points: count, seed, refine, onStep, signal }: Distillation,
): Promise<DistilledSet> {
  requireContinuous(settings);
  const random = createRandom(`distill/${seed}`);
  const centres = await runInTurns(classCentresSteps(real, count, random.fork('k-means')), { signal });
  if (refine === null) return { points: centres, centres, refined: false };
  const moved = await refinePoints(compiled, settings, {
    points: centres,
    real,
    settings: refine,
    random: random.fork('refine'),
    onStep,
  });
  const judges = Array.from({ length: JUDGES }, (_, i) => random.seedFor(`judge/${i}`));
  const lossOf = (points: Points) => lossAfterTraining(compiled, settings, { points, real }, judges);
  const refined = (await lossOf(moved)) < (await lossOf(centres));
  return { points: refined ? moved : centres, centres, refined };
}

/** As many of the real points at random, classes in proportion: what a distilled set is compared with. */
export function randomSubset(real: Points, count: number, seed: number | string): Points {
  return selectRows(real, stratifiedSample(real, count, createRandom(`distill/subset/${seed}`)).chosen);
}

function requireContinuous(settings: QnnSettings): void {
  if (settings.qasm !== undefined || encodingOf(settings) !== 'basis') return;
  const right = "right would be an encoding of real numbers, such as 'angle'";
  throw new QnnSettingsError([
    { field: 'encoding', message: `'basis' takes 0 and 1 alone, and distilled points lie between; ${right}` },
  ]);
}
