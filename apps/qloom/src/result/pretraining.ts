import type { PretrainingArm, PretrainingResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { intervalText } from './headline.ts';

/** Least lower end of the interval of a ratio with which "at least 10 times fewer" is claimed. */
const LARGE_RATIO = 10;

const LABELS: Readonly<Record<string, string>> = {
  'real-only': 'real data only',
  noise: 'real + noise',
  qloom: 'real + Qloom',
  'pretrained-noise': 'pre-trained on noise',
  'pretrained-simulator': 'pre-trained on a simulator',
  'pretrained-qloom': 'pre-trained on Qloom',
};

/** Display name of a way to reach the target. */
export function pretrainingLabel({ name }: Pick<PretrainingArm, 'name'>): string {
  return LABELS[name] ?? name;
}

/** Columns of the table after the name, and the cells of an arm. */
export const PRETRAINING_COLUMNS: readonly string[] = ['steps', 'circuits', 'not reached', 'times those of Qloom'];

/** Cells of an arm, in the order of {@link PRETRAINING_COLUMNS}. */
export function pretrainingCells(arm: PretrainingArm, { circuitsPerStep }: PretrainingResult): string[] {
  const missed = arm.draws.filter(({ censored }) => censored).length;
  return [
    arm.steps.toFixed(1),
    String(Math.round(arm.steps * circuitsPerStep)),
    `${missed} of ${arm.draws.length}`,
    arm.ratio === undefined ? '' : intervalText(arm.ratio, (value) => value.toFixed(1)),
  ];
}

/** How the figures were taken, in a few sentences. */
export function pretrainingText({ settings, arms }: PretrainingResult): string {
  const { steps = 0, finetuneSteps = 0, target = 0, holdSteps = 0 } = settings ?? {};
  return (
    `Steps on hardware, as it were, until the QNN reaches a test accuracy of ${percent(target)} and holds it for ${holdSteps} further ` +
    `steps: geometric means over ${arms[0]?.draws.length ?? 0} draws, with those of the ${steps} simulated steps of pre-training not ` +
    `counted. A draw that does not get there within ${finetuneSteps} steps counts with ${finetuneSteps}. Pre-training is on synthetic ` +
    'points alone; the steps that are counted are on real and synthetic points together.'
  );
}

/** What pre-training on Qloom's points saves, in one sentence. */
export function pretrainingVerdict({ settings, arms }: PretrainingResult): string {
  const own = arms.find(({ name }) => name === 'pretrained-qloom');
  const ratio = arms.find(({ name }) => name === 'noise')?.ratio;
  if (own === undefined || ratio === undefined) return '';
  const { steps = 0, target = 0 } = settings ?? {};
  const excluded = `(the ${steps} simulated steps of pre-training are not counted)`;
  const goal = `until ${percent(target)}`;
  const figures = intervalText(ratio, (value) => value.toFixed(1));
  if (ratio.level === 0) {
    return `Too few draws for a claim: real + noise takes ${figures} times the steps of a QNN pre-trained on Qloom's points ${goal} ${excluded}.`;
  }
  if (ratio.lower <= 1) {
    return `It is not sure that pre-training on Qloom's points saves steps ${goal}: real + noise takes ${figures} times as many ${excluded}.`;
  }
  const atLeast = ratio.lower >= LARGE_RATIO ? `, at least ${LARGE_RATIO} times` : '';
  return `Pre-trained on Qloom's points the QNN needs ${figures} times fewer steps${atLeast}, ${goal} than with real + noise ${excluded}.`;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))}%`;
