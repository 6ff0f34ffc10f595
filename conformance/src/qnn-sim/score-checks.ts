import { QnnArm, type QnnRun } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import { relabelled } from '../shared/changed-points.ts';
import { receivedTensor } from '../shared/received.ts';
import { smallPoints } from '../shared/small-points.ts';
import type { SuiteOptions } from '../suite.ts';
import type { QnnSimulator } from './circuit-requests.ts';
import { type EvaluateChanges, evaluate, nameOf, POINTS, whole } from './evaluate-call.ts';

/** Scores are rounded to float32, and computed in float32 by some engines. */
const TOLERANCE = 1e-3;
/** Steps, seeds and least accuracy of a training on classes that a line separates. */
const EASY = { steps: 80, batchSize: 16, learningRate: 0.1 };
const LEAST_ACCURACY = 0.8;

/** Two classes on the two sides of a plane, in columns of different widths. */
function easyPoints(count: number, start: number): Points {
  const clouds = smallPoints(count, start);
  // The labels follow no period, so that a reader of columns finds no pattern in its mixed rows.
  const points = relabelled({ ...clouds, classes: 2 }, (_, i) => Number(Math.sin(12.9898 * (start + i * i + 1)) > 0));
  const x = clouds.x.map((value, i) => {
    const [row, column] = [Math.floor(i / clouds.features), i % clouds.features];
    const spread = value - clouds.y[row] * [1, -1, 0.5][column];
    return [1, 3, 0.5][column] * (spread + [0.8, -0.8, 0.8][column] * (2 * points.y[row] - 1));
  });
  return { ...points, x };
}

/** Checks of what scores mean: of which point, of which training. */
export function scoreChecks(simulator: QnnSimulator, { deadlineMs }: SuiteOptions): readonly Check[] {
  const list = listChecks('slots.proto: QnnRun; qnn_sim/v1/qnn_sim.proto: EvaluateSettings');
  const { heldOut } = POINTS;
  const runOf = async (changes: EvaluateChanges): Promise<QnnRun> => {
    const settings = { seeds: [5], arms: [QnnArm.REAL_ONLY], ...changes.settings };
    const { runs } = await evaluate(simulator, { ...changes, synthetic: [], settings }, deadlineMs);
    must(runs.length > 0, 'there is no run', 'one');
    return runs[0];
  };
  const lossesOf = ({ losses }: QnnRun, count: number) =>
    receivedTensor(losses, { dtype: 'float32', shape: [count], finite: true, field: 'losses' });
  const predictionsOf = ({ predictions }: QnnRun, count: number) => {
    if (predictions === undefined) throw new CheckSkipped('the service sends no predictions; it need not');
    return receivedTensor(predictions, { dtype: 'int32', shape: [count], field: 'predictions' });
  };

  list.promise('losses and predictions are in the order of the held-out points', async () => {
    const run = await runOf({});
    const reversed = await runOf({ heldOut: whole(inReverse(heldOut)) });
    const { count } = heldOut;
    const [losses, other] = [lossesOf(run, count), lossesOf(reversed, count)];
    for (const [i, loss] of losses.entries()) {
      const there = other[count - 1 - i];
      const close = Math.abs(loss - there) <= TOLERANCE * Math.max(1, Math.abs(loss));
      must(close, `the loss of a point is ${loss} in one order and ${there} in the other`, 'that of the point');
    }
    const [predictions, others] = [predictionsOf(run, count), predictionsOf(reversed, count)];
    const differing = predictions.filter((label, i) => label !== others[count - 1 - i]).length;
    must(differing === 0, `${differing} predictions are others in reverse order`, 'those of the points');
  });

  list.promise('losses, predictions and class probabilities agree with each other', async () => {
    const run = await runOf({ settings: { probabilities: true } });
    if (run.probabilities === undefined) throw new CheckSkipped('the service offers no probabilities; it need not');
    const { count, classes, y } = heldOut;
    const expected = { dtype: 'float32', shape: [count, classes], finite: true, field: 'probabilities' } as const;
    const probabilities = receivedTensor(run.probabilities, expected);
    const [losses, predictions] = [lossesOf(run, count), predictionsOf(run, count)];
    for (const [i, loss] of losses.entries()) {
      const row = probabilities.subarray(i * classes, (i + 1) * classes);
      const entropy = -Math.log(row[y[i]]);
      const close = Math.abs(loss - entropy) <= TOLERANCE * Math.max(1, entropy);
      must(
        close,
        `${nameOf(run)}: the loss of point ${i} is ${loss}`,
        `${entropy}, -log of the probability of its class`,
      );
      const chosen = row[predictions[i]] >= Math.max(...row) - TOLERANCE;
      must(chosen, `${nameOf(run)}: class ${predictions[i]} is predicted with ${[...row]}`, 'the most probable class');
    }
  });

  list.promise('a QNN learns classes that lie on two sides', async () => {
    const training = easyPoints(40, 0);
    const test = easyPoints(26, 500);
    const run = await runOf({ qnn: EASY, training: whole(training), heldOut: whole(test) });
    const what = `after ${EASY.steps} steps the accuracy is ${run.accuracy}`;
    must(run.accuracy >= LEAST_ACCURACY, what, `at least ${LEAST_ACCURACY} (chance is 0.5)`);
  });
  return list.checks;
}

function inReverse({ x, y, ...points }: Points): Points {
  const { features, count } = points;
  const rows = (i: number) => (count - 1 - Math.floor(i / features)) * features + (i % features);
  return { ...points, x: x.map((_, i) => x[rows(i)]), y: y.toReversed() };
}
