import type { Points } from '@qloom/study/points/points.ts';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';
import { CLASSES, FEATURES } from '../shared/small-points.ts';
import type { FitAnswer } from './fit-call.ts';
import type { FitContext } from './fit-context.ts';
import { sample, sampleParts } from './sample-call.ts';

/** Different for every two classes, and 0 for one. */
const COUNTS = [7, 0, 12];

/** Checks of Sample with the model of `fitted`. */
export function sampleChecks({ generator, options }: FitContext, fitted: () => Promise<FitAnswer>): readonly Check[] {
  const list = listChecks('generator/v1/generator.proto: GeneratorService.Sample; tensor.proto: LabelledPoints');
  const draw = async (seed: number, ungated = false) => {
    const parts = sampleParts({ seed, classCounts: COUNTS, ungated }, (await fitted()).model);
    return sample(generator, parts, options.deadlineMs);
  };
  const drawn = sharedAnswer('a sample', () => draw(3));

  list.promise('a sample has the class counts that were asked for, class by class', async () => {
    requireCounts((await drawn()).points);
  });

  list.promise('sampled points are finite and have the shape of the training points', async () => {
    const { x, features, classes } = (await drawn()).points;
    must(features === FEATURES, `points have ${features} features`, `${FEATURES}, as the training points`);
    must(classes === CLASSES, `points are of ${classes} classes`, `${CLASSES}, as the training points`);
    must(x.every(Number.isFinite), 'a value is not finite', 'finite values');
  });

  list.promise('the summary of a sample counts what was sent and drawn', async () => {
    const { points, summary } = await drawn();
    const { count, drawn: all, acceptance, forced } = summary;
    must(count === points.count, `count is ${count}`, `${points.count}, the points sent`);
    must(all >= count - forced, `drawn is ${all} for ${count} points`, 'at least the points that passed');
    must(acceptance >= 0 && acceptance <= 1, `acceptance is ${acceptance}`, 'in [0, 1]');
    must(forced <= count, `forced is ${forced} of ${count}`, 'at most the points sent');
  });

  list.promise('the same model and seed give the same points, bit for bit', async () => {
    must(samePoints((await drawn()).points, (await draw(3)).points), 'the second sample is another', 'the same bits');
  });

  list.promise('another seed gives other points', async () => {
    must(!samePoints((await drawn()).points, (await draw(4)).points), 'seeds 3 and 4 give the same', 'other points');
  });

  list.promise('an ungated sample has its class counts too', async () => {
    requireCounts((await draw(3, true)).points);
  });
  return list.checks;
}

function requireCounts({ y }: Points): void {
  const counts = COUNTS.map((_, label) => y.filter((one) => one === label).length);
  must(counts.join() === COUNTS.join(), `the class counts are ${counts.join(', ')}`, COUNTS.join(', '));
  const inOrder = y.every((label, i) => i === 0 || y[i - 1] <= label);
  must(inOrder, `the labels come as ${[...y].join(' ')}`, 'class by class, in the order of the labels');
}

function samePoints(one: Points, other: Points): boolean {
  return one.count === other.count && one.x.every((value, i) => Object.is(value, other.x[i]));
}
