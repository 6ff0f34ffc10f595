import { CHOICE_CLASSIFIERS } from '@qloom/agent/domain/choice/choice-classifier.ts';
import type { PairedScores } from '@qloom/agent/domain/choice/paired-scores.ts';
import { type PriorDimension, priorDimension } from '@qloom/agent/domain/choice/prior-dimension.ts';
import { ratioByLabels } from '@qloom/agent/domain/selection/learned-defaults.ts';
import { runNow } from '@qloom/datasets/split/turns.ts';
import { fitGenerator } from '@qloom/generator/domain/fit.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { unpackModel } from '@qloom/generator/domain/model.ts';
import { sampleModel } from '@qloom/generator/domain/sample.ts';
import { PROBABILISTIC_CLASSIFIERS } from '@qloom/metrics/classifiers/classifier-table.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows } from '@qloom/study/points/rows.ts';
import { type Cell, labelsOf } from '../augmentation/cells.ts';
import { accuracies, type Qnn } from '../augmentation/qnn-arms.ts';
import { crossValidation, scoreOfQnn } from './cross-validation.ts';

/** Accuracies on test points of one draw of labels, and the cross-validation that a rule sees. */
export interface DrawOutcome {
  readonly real: number;
  readonly added: number;
  readonly oracle: number;
  readonly scores: PairedScores;
  readonly dimension: PriorDimension | null;
}

const ORACLE_RATIO = 8;
const breathe = async () => {};

/** Draws labels, and measures what points of the prior change on `test`. */
export async function drawOutcome(qnn: Qnn, cell: Cell, test: Points, draw: number): Promise<DrawOutcome> {
  const real = labelsOf(cell, draw);
  const times = (ratio: number) => classCounts(real).map((count) => Math.round(ratio * count));
  const added = await pointsOfPrior(cell, real, times(ratioByLabels(cell.labels)), draw);
  const ofOracle = times(ORACLE_RATIO);
  const count = ofOracle.reduce((sum, n) => sum + n, 0);
  const oracle = cell.task.draw({ count, seed: draw, purpose: 'oracle', classCounts: ofOracle });
  const { physical, expectations } = cell.task.descriptor;
  const scored = await accuracies(qnn, real, { real: undefined, added, oracle }, test);
  return {
    real: scored['real'],
    added: scored['added'],
    oracle: scored['oracle'],
    scores: await crossValidated(qnn, real, draw),
    dimension: runNow(priorDimension(real, { physical, shots: expectations?.shots ?? 0 }, createRandom(draw))),
  };
}

/** Points of the gated prior, fitted to `points` by the generator's own code. Shape of `counts`: [classes]. */
export async function pointsOfPrior({ task }: Cell, points: Points, counts: number[], seed: number): Promise<Points> {
  const shots = task.descriptor.expectations?.shots ?? 0;
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
async function crossValidated(qnn: Qnn, real: Points, seed: number): Promise<PairedScores> {
  const validation = crossValidation(real, seed);
  const by = (name: keyof typeof CHOICE_CLASSIFIERS) =>
    validation.score(
      validation.parts.map(({ points, heldOut, seed: ofFit }) =>
        PROBABILISTIC_CLASSIFIERS[CHOICE_CLASSIFIERS[name]].fit(points, ofFit).predict(heldOut),
      ),
    );
  return { classifier: by('classifier'), flexible: by('flexible'), qnn: await scoreOfQnn(qnn, validation) };
}
