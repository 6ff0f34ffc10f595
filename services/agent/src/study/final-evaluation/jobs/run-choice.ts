import { IdenticalRows } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { QnnArm, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { runInTurns } from '@qloom/datasets/split/turns.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { decodeDataDescription } from '@qloom/study-rpc/codec/data-description.ts';
import { CHOICE_CLASSIFIERS } from '../../../domain/choice/choice-classifier.ts';
import { choiceFolds } from '../../../domain/choice/choice-folds.ts';
import { choiceRuleOf } from '../../../domain/choice/choice-table.ts';
import { type PriorDimension, priorDimension } from '../../../domain/choice/prior-dimension.ts';
import type { Choices } from '../../../domain/evaluation/choices.ts';
import type { Job } from '../../../domain/evaluation/jobs.ts';
import { packTestScore } from '../../../domain/evaluation/test-score.ts';
import { decodeUtility } from '../../replay/measurement.ts';
import { type EvaluationContext, effortOf, synthesize, train } from './evaluation-context.ts';
import type { ChoiceResult, FailedJob } from './job-results.ts';

/**
 * Cross-validates the generator's own classifier, a flexible one and the QNN on real points only, on the same folds inside the labels of
 * one replicate (null: the study's own), and measures the dimension of the labels. Where a portfolio has an alternative and the labels
 * lie beside every density of a class, the QNN with the alternative's points is cross-validated too. Returns a {@link FailedJob} if the
 * labels cannot be divided, or the simulator sends no predictions.
 */
export async function runChoice(
  context: EvaluationContext,
  { name, replicate }: Extract<Job, { kind: 'choice' }>,
  { baselines }: Pick<Choices, 'baselines'>,
  signal: AbortSignal,
): Promise<ChoiceResult | FailedJob> {
  const data = replicate === null ? null : await context.data.replicate(replicate);
  const labels = data?.labels ?? context.labels;
  const startedMs = context.clock.now();
  const divisions = divided(context, name, labels);
  if ('failed' in divisions) return divisions;
  const random = createRandom(context.seeds.job(name, 'qnn'));
  const parts = divisions.flatMap((folds, repeat) =>
    folds.map(({ train: rows, heldOut }, fold): Part => {
      const seed = random.seedFor(`${repeat}/${fold}`);
      const training = selectRows(labels, rows);
      return { repeat, training, rows: heldOut, heldOut: selectRows(labels, heldOut), seed };
    }),
  );
  const reports: UtilityReport[] = [];
  const scored = async (predict: (part: Part, index: number) => Promise<Int32Array | null | undefined>) => {
    const predictions = divisions.map(() => new Int32Array(labels.count));
    for (const [index, part] of parts.entries()) {
      const predicted = await predict(part, index);
      if (predicted?.length !== part.rows.length) return null;
      part.rows.forEach((row, i) => {
        predictions[part.repeat][row] = predicted[i];
      });
    }
    const score = packTestScore(predictions, labels.y, labels.classes);
    if (score === null) throw new Error(`${name}: a point has no prediction`);
    return score;
  };
  const byQnn = async ({ training, heldOut, seed }: Part, synthetic: Points | null) => {
    const arm = synthetic === null ? QnnArm.REAL_ONLY : QnnArm.AUGMENTED;
    const report = await train(context, { training, synthetic, heldOut }, [seed], [arm], signal);
    reports.push(report);
    return decodeUtility(report).runs[0]?.predictions;
  };
  const by = (arm: string) =>
    scored(async ({ training, heldOut: test, seed }) => {
      const answer = await context.classical.answer({ arm, labels: training, test, seed }, signal);
      return answer.predictions;
    });

  const qnn = await scored((part) => byQnn(part, null));
  if (qnn === null) {
    return { failed: 'the simulator sends no predictions, without which nothing is added', reason: 'diverged' };
  }
  const classifier = await by(CHOICE_CLASSIFIERS.classifier);
  const flexible = await by(CHOICE_CLASSIFIERS.flexible);
  if (classifier === null || flexible === null) throw new Error(`${name}: a classifier left out a point`);
  const dimension = await dimensionOf(context, name, labels, signal);
  const alternative = alternativeOf(context, baselines, dimension);
  const sources = data?.sources ?? context.data.ownSources;
  const withPoints =
    alternative &&
    (await scored(async (part, index) => {
      const label = `${name}/alternative-${index}`;
      const recipe = { hyperparameters: alternative };
      const made = await synthesize(context, label, 40_000 + index, recipe, part.training, sources, signal);
      return byQnn(part, made?.points ?? null);
    }));
  return {
    classifier,
    flexible,
    qnn,
    ...(withPoints === null ? {} : { alternative: withPoints }),
    dimension,
    folds: divisions[0].length,
    ...effortOf(context, reports, startedMs),
  };
}

/** One fold of one repeat of the cross-validation. */
interface Part {
  readonly repeat: number;
  readonly training: Points;
  /** Rows of the labels that are held out. */
  readonly rows: readonly number[];
  readonly heldOut: Points;
  /** Of whatever is trained on it. */
  readonly seed: number;
}

/** The alternative's configuration, as tuned; null where its points are not considered, or could not be made. */
function alternativeOf(
  { settings }: EvaluationContext,
  baselines: Choices['baselines'],
  dimension: PriorDimension | null,
): Configuration | null {
  const { choice, portfolio, methods } = settings.evaluation;
  const isConsidered = portfolio && choiceRuleOf(choice).isBeside?.(dimension);
  return (isConsidered && baselines.get(methods?.alternative ?? '')) || null;
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
