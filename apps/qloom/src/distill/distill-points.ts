import { setImmediate as nextTurn } from 'node:timers/promises';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { compareSets, type SetComparison, type SetScore, scoreSet } from '@qloom/qnn/distillation/compare-sets.ts';
import { distill, randomSubset } from '@qloom/qnn/distillation/distill.ts';
import type { RefineProgress, RefineSettings } from '@qloom/qnn/distillation/refine-points.ts';
import type { CompiledCircuit } from '@qloom/qnn/engine/engine.ts';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { compileMeasured } from '@qloom/qnn/measurement/compile-measured.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { chooseEngine } from '../engine/choose-engine.ts';
import type { DistillSource } from './distill-source.ts';

/** Options of {@link distillPoints}. */
export interface DistillOptions {
  /** Number of distilled points. */
  readonly points: number;
  readonly seed: number;
  readonly refine: RefineSettings | null;
  /** Trainings of the QNN on each set that is compared. */
  readonly trainings: number;
  /** `auto` or an engine's name. */
  readonly engine: string;
  readonly signal: AbortSignal;
  /** A monotonic clock, milliseconds. */
  readonly nowMs: () => number;
  readonly onRefined: (progress: RefineProgress) => void;
  readonly onTrained: (trained: number, of: number) => void;
}

/** How a QNN does that was trained on one of the sets. */
export interface DistillArm {
  readonly name: string;
  readonly points: number;
  /** Mean over trainings of the mean recall of the classes. */
  readonly accuracy: number;
  /** Against all real points; null for these. */
  readonly comparison: SetComparison | null;
}

/** The distilled points, and how QNNs do that were trained on them. */
export interface DistillOutcome {
  readonly distilled: Points;
  /** False: they are the centres of k-means. */
  readonly refined: boolean;
  readonly arms: readonly DistillArm[];
  readonly engine: string;
}

/** Distils the real points of a source in float64, and scores QNNs that are trained on the result. Rejects with the signal's reason. */
export async function distillPoints(
  { real, test, qnn }: Pick<DistillSource, 'real' | 'test' | 'qnn'>,
  options: DistillOptions,
): Promise<DistillOutcome> {
  const { points: count, seed, refine, signal, nowMs } = options;
  const { circuit, observables } = createQnnModel(qnn, real.features, real.classes);
  const step = { description: 'a step of this training', circuit, observables, rows: qnn.batchSize };
  const { selected } = await chooseEngine(options.engine, step, nowMs);
  const engine = await createEngine(selected, { precision: 'float64' });
  const pause = async (): Promise<void> => {
    // Signals are delivered between turns of the event loop.
    await nextTurn();
    signal.throwIfAborted();
  };
  try {
    const exact = await engine.compile(circuit, observables);
    const { points, centres, refined } = await distill(exact, qnn, {
      real,
      points: count,
      seed,
      refine,
      signal,
      async onStep(progress) {
        options.onRefined(progress);
        await pause();
      },
    });
    const measured = await compileMeasured(engine, circuit, observables, qnn);
    const sets: [name: string, trainedOn: (seed: number) => Points][] = [
      ['all real points', () => real],
      ['distilled', () => points],
      ...(!refined ? [] : [['k-means alone', () => centres] as [string, () => Points]]),
      ['random subset', (training) => randomSubset(real, count, training)],
    ];
    let trained = 0;
    const scores = await scoreSets(measured, sets, {
      qnn,
      test,
      seeds: trainingSeeds(seed, options.trainings),
      async onTraining() {
        options.onTrained(++trained, sets.length * options.trainings);
        await pause();
      },
    });
    const arms = sets.map(
      ([name, trainedOn], i): DistillArm => ({
        name,
        points: trainedOn(0).count,
        accuracy: meanOf(scores[i].accuracies),
        comparison: i === 0 ? null : compareSets(scores[i], scores[0]),
      }),
    );
    return { distilled: points, refined, arms, engine: selected };
  } finally {
    engine.dispose();
  }
}

async function scoreSets(
  compiled: CompiledCircuit,
  sets: readonly (readonly [name: string, trainedOn: (seed: number) => Points])[],
  { qnn, ...scored }: { readonly qnn: DistillSource['qnn'] } & Omit<Parameters<typeof scoreSet>[2], 'trainedOn'>,
): Promise<SetScore[]> {
  const scores: SetScore[] = [];
  for (const [, trainedOn] of sets) scores.push(await scoreSet(compiled, qnn, { ...scored, trainedOn }));
  return scores;
}

function trainingSeeds(seed: number, count: number): number[] {
  const random = createRandom(`distill/${seed}`);
  return Array.from({ length: count }, (_, i) => random.seedFor(`training/${i}`));
}
