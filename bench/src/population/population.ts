import type { PolicyName } from '@qloom/agent/domain/policy/policy-table.ts';
import { openPolicies } from '@qloom/agent/testing/open-policies.ts';
import { HYPERPARAMETERS } from '@qloom/generator/domain/hyperparameter-table.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { restrictSpace } from '@qloom/study/space/restrict.ts';
import { createSpace, type Space } from '@qloom/study/space/space.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { chooseTrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { hiddenManifold, labelsOf, testOf } from '../augmentation/cells.ts';
import { pairedGains } from '../augmentation/paired-gains.ts';
import { accuracies, openQnn } from '../augmentation/qnn-arms.ts';
import type { Bench } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import type { Row } from '../harness/row.ts';
import { bestPoints, type SearchSize } from './search-in-process.ts';

/** Labels of a draw: half of them for the fits, half for the reward. */
const CELL = hiddenManifold(1, 80);
const DRAWS = { quick: 2, full: 12 } as const;
/** Architectures of the generator: on top of a prior, which is good before any training, and without one. */
const ARCHITECTURES = ['prior-residual', 'plain'] as const;
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
  options: `architectures: ${ARCHITECTURES.join(', ')}; --full: ${DRAWS.full} draws instead of ${DRAWS.quick}`,
  parts({ only }) {
    checkKeys(only, ['architectures']);
    return select(only, 'architectures', ARCHITECTURES);
  },
  async *run(progress, { full }, wanted) {
    for (const part of ARCHITECTURES) {
      if (!wanted.has(part)) continue;
      yield { parts: [part], rows: await measured(part, full ? DRAWS.full : DRAWS.quick, progress) };
    }
  },
};

async function measured(architecture: string, draws: number, progress: (message: string) => void): Promise<Row[]> {
  const { policyNamed } = await openPolicies();
  const test = testOf(CELL);
  const qnn = await openQnn(test);
  const { steps } = chooseTrainingSteps({ backend: (await useBackend({})).name });
  const byArm: Record<string, number[]> = {};
  for (let draw = 0; draw < draws; draw++) {
    const labels = labelsOf(CELL, draw);
    const rows = [...labels.y.keys()];
    const training = selectRows(labels, Int32Array.from(rows.filter((row) => row % 2 === 0)));
    const heldOut = selectRows(labels, Int32Array.from(rows.filter((row) => row % 2 === 1)));
    const arms: Record<string, Points | undefined> = { 'real points alone': undefined };
    for (const [name, { policy, stepsOfFit, ...size }] of Object.entries(CONTENDERS)) {
      progress(`${architecture}, draw ${draw + 1} of ${draws}, ${name}`);
      const space = spaceOf(architecture, stepsOfFit);
      arms[name] = await bestPoints(policyNamed(policy), size, `${draw}`, { qnn, training, heldOut, space, steps });
    }
    for (const [name, accuracy] of Object.entries(await accuracies(qnn, training, arms, test))) {
      byArm[name] = [...(byArm[name] ?? []), accuracy];
    }
  }
  return pairedGains('population', [{ cell: architecture, byArm }], REFERENCE);
}

/** The generator's hyperparameters, all fixed at their defaults but those that are searched. */
function spaceOf(architecture: string, stepsOfFit: number): Space {
  const fixed = HYPERPARAMETERS.filter(({ name }) => !SEARCHED.includes(name));
  const defaults = Object.fromEntries(fixed.map((each) => [each.name, { value: each.default }]));
  return restrictSpace(createSpace(HYPERPARAMETERS), {
    ...defaults,
    'vae.architecture': { value: architecture },
    'gan.steps': { value: stepsOfFit },
  });
}
