import type { PretrainingArm, PretrainingResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { pretrainingJob, QLOOM } from '../../../domain/evaluation/jobs.ts';
import { geometricMean, meanSteps, scoredSteps, stepsRatio } from '../../../domain/evaluation/steps-to-target.ts';
import { mean } from '../../../domain/maths/statistics.ts';
import type { StudyView } from '../../replay/study-view.ts';
import type { CompleteSettings } from '../../settings/complete-settings.ts';
import { type PretrainingJobResult, readJob } from '../jobs/job-results.ts';
import { encodeInterval } from './arm-results.ts';

/** The arm whose steps those of all others are divided by. */
const REFERENCE = `pretrained-${QLOOM}`;

/** How many steps pre-training saves; undefined where the study does not measure it, or no replicate could. */
export function pretrainingResult(
  { settings }: { readonly settings: CompleteSettings },
  view: StudyView,
  seed: string,
): PretrainingResult | undefined {
  const { pretraining, qnn, evaluation } = settings;
  if (pretraining === undefined) return undefined;
  const replicates = Array.from({ length: evaluation.draws }, (_, draw) => {
    const result = readJob<PretrainingJobResult>(view.jobs, pretrainingJob(draw));
    return result === null ? [] : [{ draw, arms: new Map(result.arms.map((arm) => [arm.name, arm])) }];
  }).flat();
  if (replicates.length === 0) return undefined;
  const last = pretraining.finetuneSteps;
  const stepsOf = (name: string) =>
    replicates.map(({ draw, arms }) => ({ draw, ...meanSteps(arms.get(name)?.steps ?? [null], last) }));
  const reference = stepsOf(REFERENCE).map(({ steps }) => steps);
  const steps = scoredSteps(last);
  const arms = [...replicates[0].arms.keys()].map((name): PretrainingArm => {
    const draws = stepsOf(name);
    const own = draws.map((draw) => draw.steps);
    const curves = replicates.flatMap((replicate) => replicate.arms.get(name)?.accuracies ?? []);
    return {
      name,
      pretrained: name.startsWith('pretrained-'),
      draws,
      accuracies: steps.map((_, i) => mean(replicates.map((_one, row) => curves[row * steps.length + i]))),
      ratio: name === REFERENCE ? undefined : encodeInterval(stepsRatio(own, reference, `${seed}/steps/${name}`)),
      steps: geometricMean(own),
    };
  });
  return { settings: pretraining, scoredSteps: steps, arms, circuitsPerStep: 2 * qnn.batchSize };
}
