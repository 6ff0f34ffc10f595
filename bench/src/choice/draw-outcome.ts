import { CHOICE_CLASSIFIERS } from '@qloom/agent/domain/choice/choice-classifier.ts';
import { choiceFolds } from '@qloom/agent/domain/choice/choice-folds.ts';
import type { PairedScores } from '@qloom/agent/domain/choice/paired-scores.ts';
import { mean } from '@qloom/agent/domain/maths/statistics.ts';
import { LEARNED_DEFAULTS } from '@qloom/agent/domain/selection/learned-defaults.ts';
import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { unpackModel } from '@qloom/generator/domain/model.ts';
import { sampleModel } from '@qloom/generator/domain/sample.ts';
import { PROBABILISTIC_CLASSIFIERS } from '@qloom/metrics/classifiers/classifier-table.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows, selectRows } from '@qloom/study/points/rows.ts';
import type { Cell } from './cells.ts';
import { rightPredictions, type Training } from './train.ts';

/** Accuracies on test points of one draw of labels, and the cross-validation that a rule sees. */
export interface DrawOutcome {
  readonly real: number;
  readonly added: number;
  readonly oracle: number;
  readonly scores: PairedScores;
}

const QNN_SEEDS = [1, 2];
const ORACLE_RATIO = 8;
const breathe = async () => {};

/** Draws labels with this seed, and measures what points of the prior change on `test`. */
export async function drawOutcome({ task, labels, shots }: Cell, test: Points, seed: number): Promise<DrawOutcome> {
  const real = task.draw({ count: labels, seed });
  const times = (ratio: number) => classCounts(real).map((count) => Math.round(ratio * count));
  const ratio = LEARNED_DEFAULTS.find(({ name }) => name === 'synthRatio')?.value(labels) ?? 1;
  const added = await pointsOfPrior(real, shots, times(ratio), seed);
  const classCountsOfOracle = times(ORACLE_RATIO);
  const count = classCountsOfOracle.reduce((sum, n) => sum + n, 0);
  const oracle = task.draw({ count, seed, purpose: 'oracle', classCounts: classCountsOfOracle });
  const arms = [null, added, oracle];
  const right = await rightPredictions(
    arms.flatMap((points) => QNN_SEEDS.map((qnn): Training => ({ real, added: points, test, seed: qnn }))),
  );
  const accuracy = (arm: number) => mean(QNN_SEEDS.map((_, i) => mean([...right[arm * QNN_SEEDS.length + i]])));
  return { real: accuracy(0), added: accuracy(1), oracle: accuracy(2), scores: await crossValidated(real, seed) };
}

/** Points of the gated prior, fitted to `points`, by the generator's own code. Shape of `counts` [classes]. */
export async function pointsOfPrior(points: Points, shots: number, counts: number[], seed: number): Promise<Points> {
  const bound = (value: number) => (shots > 0 ? new Array<number>(points.features).fill(value) : []);
  const { features, classes } = points;
  const data = { points, shape: { features, classes, lower: bound(-1), upper: bound(1), shots } };
  const { signal } = new AbortController();
  const settings = generatorSettings({ method: 'prior' });
  const { model } = await fitGenerator({ settings, data, seed, signal, breathe });
  const chunks: Points[] = [];
  for await (const chunk of sampleModel(unpackModel(model), { counts, seed, signal, breathe })) chunks.push(chunk);
  return concatenateRows(chunks);
}

/** The cross-validation of a choice, with the folds and classifiers of the agent. */
async function crossValidated(real: Points, seed: number): Promise<PairedScores> {
  const folds = choiceFolds(real, false, createRandom(`choice ${seed}`));
  const parts = folds.flatMap((division, repeat) => division.map((fold) => ({ ...fold, seed: 1000 * seed + repeat })));
  const trainings = parts.map(({ train, heldOut, seed: qnn }): Training => {
    return { real: selectRows(real, train), added: null, test: selectRows(real, heldOut), seed: qnn };
  });
  const byQnn = await rightPredictions(trainings);
  const by = (name: keyof typeof CHOICE_CLASSIFIERS) =>
    trainings.map(({ real: training, test }, i) => {
      const predicted = PROBABILISTIC_CLASSIFIERS[CHOICE_CLASSIFIERS[name]].fit(training, parts[i].seed).predict(test);
      return Float64Array.from(predicted, (label, row) => Number(label === test.y[row]));
    });
  const score = (right: readonly Float64Array[]) => {
    const shares = new Float64Array(real.count);
    parts.forEach(({ heldOut }, i) => {
      heldOut.forEach((row, at) => {
        shares[row] += right[i][at] / folds.length;
      });
    });
    return Array.from({ length: real.classes }, (_, label) => shares.filter((_, row) => real.y[row] === label));
  };
  return { classifier: score(by('classifier')), flexible: score(by('flexible')), qnn: score(byQnn) };
}
