import type { PolicyName } from '@qloom/agent/domain/policy/policy-table.ts';
import { openPolicies } from '@qloom/agent/testing/open-policies.ts';
import { HYPERPARAMETERS } from '@qloom/generator/domain/hyperparameter-table.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { restrictSpace } from '@qloom/study/space/restrict.ts';
import { createSpace, type Space } from '@qloom/study/space/space.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { chooseTrainingSteps, type TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { hiddenManifold, labelsOf, testOf } from '../augmentation/cells.ts';
import { pairedGains } from '../augmentation/paired-gains.ts';
import { accuracies, openQnn } from '../augmentation/qnn-arms.ts';
import type { Bench } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import type { Row } from '../harness/row.ts';
import { bestPoints, type SearchSize } from './search-in-process.ts';

/** Labels of a draw: half of them for the fits, half for the reward. */
const CELL = hiddenManifold(1, 80);
const DRAWS = { quick: 2, full: 10 } as const;
/** Generators: with the default architecture, which is good before any training, and without a prior, with a critic and without. */
const GENERATORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gan: { method: 'gan' },
  'gan without a prior': { method: 'gan', 'vae.architecture': 'plain' },
  'cvae without a prior': { method: 'cvae', 'vae.architecture': 'plain' },
};
const NAMES = Object.keys(GENERATORS);
/** What the search changes, besides the ratio of synthetic points. */
const SEARCHED = ['synthRatio', 'vae.latentDim', 'vae.beta', 'gan.lrG', 'gan.lambdaDiv', 'gan.lambdaMom'];

/** A search: as many training steps in all as the others. */
interface Contender extends SearchSize {
  readonly policy: PolicyName;
  readonly stepsOfFit: number;
}

const BATCH = 4;
const REFERENCE = 'random';
const CONTENDERS: Readonly<Record<string, Contender>> = {
  pbt: { policy: 'pbt', episodes: 32, batchSize: BATCH, stepsOfFit: 75 },
  'ppo-surrogate': { policy: 'ppo-surrogate', episodes: 32, batchSize: BATCH, stepsOfFit: 75 },
  [REFERENCE]: { policy: 'random', episodes: 32, batchSize: BATCH, stepsOfFit: 75 },
  'random, a quarter of the fits of four times the steps': {
    policy: 'random',
    episodes: 8,
    batchSize: BATCH,
    stepsOfFit: 300,
  },
};

/** Measures what population-based training finds beside other policies with the same number of training steps. */
export const populationBench: Bench = {
  description: 'test accuracy with the points of the best episode, by policy, at equal training steps',
  options: `generator: ${NAMES.map((name) => `"${name}"`).join(', ')}; --full: ${DRAWS.full} draws instead of ${DRAWS.quick}`,
  parts({ only }) {
    checkKeys(only, ['generator']);
    return select(only, 'generator', NAMES);
  },
  async *run(progress, { full }, wanted) {
    for (const part of NAMES) {
      if (!wanted.has(part)) continue;
      yield { parts: [part], rows: await measured(part, full ? DRAWS.full : DRAWS.quick, progress) };
    }
  },
};

async function measured(generator: string, draws: number, progress: (message: string) => void): Promise<Row[]> {
  const { steps } = chooseTrainingSteps({ backend: (await useBackend({})).name });
  const byArm: Record<string, number[]> = {};
  for (let draw = 0; draw < draws; draw++) {
    const found = await accuraciesOf(generator, draw, steps, (name) => {
      progress(`${generator}, draw ${draw + 1} of ${draws}, ${name}`);
    });
    for (const [name, accuracy] of Object.entries(found)) byArm[name] = [...(byArm[name] ?? []), accuracy];
  }
  return pairedGains('population', [{ cell: generator, byArm }], REFERENCE);
}

/** Test accuracy by contender on one draw of the labels. */
async function accuraciesOf(
  generator: string,
  draw: number,
  steps: TrainingSteps | undefined,
  onSearch: (name: string) => void,
) {
  const { policyNamed } = await openPolicies();
  const test = testOf(CELL);
  const qnn = await openQnn(test);
  const labels = labelsOf(CELL, draw);
  const rows = [...labels.y.keys()];
  const training = selectRows(labels, Int32Array.from(rows.filter((row) => row % 2 === 0)));
  const heldOut = selectRows(labels, Int32Array.from(rows.filter((row) => row % 2 === 1)));
  const arms: Record<string, Points | undefined> = { 'real points alone': undefined };
  for (const [name, { policy, stepsOfFit, ...size }] of Object.entries(CONTENDERS)) {
    onSearch(name);
    const space = spaceOf(generator, stepsOfFit);
    arms[name] = await bestPoints(policyNamed(policy), size, `${draw}`, { qnn, training, heldOut, space, steps });
  }
  return accuracies(qnn, training, arms, test);
}

/** The generator's hyperparameters, all fixed at their defaults but those that are searched. */
function spaceOf(generator: string, stepsOfFit: number): Space {
  const fixed = HYPERPARAMETERS.filter(({ name }) => !SEARCHED.includes(name));
  const defaults = Object.fromEntries(fixed.map((each) => [each.name, { value: each.default }]));
  const given = Object.entries(GENERATORS[generator]).map(([name, value]) => [name, { value }]);
  return restrictSpace(createSpace(HYPERPARAMETERS), {
    ...defaults,
    ...Object.fromEntries(given),
    'gan.steps': { value: stepsOfFit },
  });
}
