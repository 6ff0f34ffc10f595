import { IdenticalRows } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { QnnArm, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { runInTurns } from '@qloom/datasets/split/turns.ts';
import { createRandom } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { decodeDataDescription } from '@qloom/study-rpc/codec/data-description.ts';
import { CHOICE_CLASSIFIERS } from '../../../domain/choice/choice-classifier.ts';
import { choiceFolds } from '../../../domain/choice/choice-folds.ts';
import { priorDimension } from '../../../domain/choice/prior-dimension.ts';
import type { Job } from '../../../domain/evaluation/jobs.ts';
import { packTestScore } from '../../../domain/evaluation/test-score.ts';
import { decodeUtility } from '../../replay/measurement.ts';
import { type EvaluationContext, effortOf, train } from './evaluation-context.ts';
import type { ChoiceResult, FailedJob } from './job-results.ts';

/**
 * Cross-validates the generator's own classifier, a flexible one and the QNN on real points only, on the same folds inside the labels of
 * one replicate (null: the study's own), and measures the dimension of the labels. Returns a {@link FailedJob} if the labels cannot be divided, or the simulator sends no predictions.
 */
export async function runChoice(
  context: EvaluationContext,
  { name, replicate }: Extract<Job, { kind: 'choice' }>,
  signal: AbortSignal,
): Promise<ChoiceResult | FailedJob> {
  const labels = replicate === null ? context.labels : (await context.data.replicate(replicate)).labels;
  const startedMs = context.clock.now();
  const divisions = divided(context, name, labels);
  if ('failed' in divisions) return divisions;
  const random = createRandom(context.seeds.job(name, 'qnn'));
  const reports: UtilityReport[] = [];
  const predictions = { classifier: [] as Int32Array[], flexible: [] as Int32Array[], qnn: [] as Int32Array[] };
  for (const [repeat, folds] of divisions.entries()) {
    const classifier = new Int32Array(labels.count);
    const flexible = new Int32Array(labels.count);
    const qnn = new Int32Array(labels.count);
    for (const [fold, { train: rows, heldOut }] of folds.entries()) {
      const training = selectRows(labels, rows);
      const test = selectRows(labels, heldOut);
      const seed = random.seedFor(`${repeat}/${fold}`);
      const predictedBy = async (arm: string) =>
        (await context.classical.answer({ arm, labels: training, test, seed }, signal)).predictions;
      const ofClassifier = await predictedBy(CHOICE_CLASSIFIERS.classifier);
      const ofFlexible = await predictedBy(CHOICE_CLASSIFIERS.flexible);
      const roles = { training, synthetic: null, heldOut: test };
      const report = await train(context, roles, [seed], [QnnArm.REAL_ONLY], signal);
      const ofQnn = decodeUtility(report).runs[0]?.predictions;
      if (ofQnn?.length !== heldOut.length) {
        return { failed: 'the simulator sends no predictions, without which nothing is added', reason: 'diverged' };
      }
      reports.push(report);
      heldOut.forEach((row, i) => {
        classifier[row] = ofClassifier[i];
        flexible[row] = ofFlexible[i];
        qnn[row] = ofQnn[i];
      });
    }
    predictions.classifier.push(classifier);
    predictions.flexible.push(flexible);
    predictions.qnn.push(qnn);
  }
  const packed = (which: keyof typeof predictions) => {
    const score = packTestScore(predictions[which], labels.y, labels.classes);
    if (score === null) throw new Error(`${name}: a point has no prediction`);
    return score;
  };
  const scores = { classifier: packed('classifier'), flexible: packed('flexible'), qnn: packed('qnn') };
  const dimension = await dimensionOf(context, name, labels, signal);
  return { ...scores, dimension, folds: divisions[0].length, ...effortOf(context, reports, startedMs) };
}

function dimensionOf({ data, seeds }: EvaluationContext, name: string, labels: Points, signal: AbortSignal) {
  const { lower, upper, shots } = decodeDataDescription(data.description, labels, 'data');
  const physical = lower.length > 0 ? lower.map((low, j) => ({ low, high: upper[j] })) : undefined;
  const random = createRandom(seeds.job(name, 'sample'));
  return runInTurns(priorDimension(labels, { physical, shots }, random), { signal });
}

/** The divisions of the labels; a {@link FailedJob} if a class has too few rows. */
function divided(
  { seeds, settings }: EvaluationContext,
  name: string,
  labels: Points,
): ReturnType<typeof choiceFolds> | FailedJob {
  try {
    const together = settings.data.identicalRows === IdenticalRows.TOGETHER;
    return choiceFolds(labels, together, createRandom(seeds.job(name, 'draw')));
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { failed: error.message, reason: 'diverged' };
  }
}
