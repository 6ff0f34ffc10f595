import {
  type DataSource,
  type EvaluationSettings,
  IdenticalRows,
  type PretrainingSettings,
  type StudySettings,
} from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { MAX_DRAWN, TASK_TEST_SIZE } from '@qloom/datasets/tasks/create-task.ts';
import { checks } from '@qloom/qnn/checks/check-thread.ts';
import { settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import { DEFAULT_QNN } from '@qloom/qnn/model/qnn-settings.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { CHOICE_RULE_NAMES } from '../../domain/choice/choice-table.ts';
import { POLICY_NAMES } from '../../domain/policy/policy-table.ts';
import { EQUAL_WEIGHTS, PAPER_TERMS } from '../../domain/reward/paper-terms.ts';
import { REWARD_FORM_NAMES } from '../../domain/reward/reward-table.ts';
import { completePretraining } from './complete-pretraining.ts';
import { completeSources } from './complete-sources.ts';
import { qnnViolation } from './usable-qnn.ts';

/** Settings without absent fields, but for what a study may do without. */
export type CompleteSettings = {
  [K in Exclude<keyof StudySettings, 'pretraining'>]-?: NonNullable<StudySettings[K]>;
} & {
  readonly pretraining: PretrainingSettings | undefined;
};

/** Maximum number of episodes of a study, and of a batch. */
export const MAX_EPISODES = 10_000;
export const MAX_BATCH = 256;

/** Context of the check of settings. */
export interface SettingsContext {
  /** True if any name of a policy is allowed, because a PolicyService is configured. */
  readonly isPolicyRemote: boolean;
}

/**
 * Fills in every default (for fields that are absent, empty, or 0 if 0 has no meaning). Rejects with ValidationError,
 * which lists every wrong field and what is allowed, and with the signal's reason once it has aborted.
 */
export async function completeSettings(
  given: StudySettings | undefined,
  context: SettingsContext,
  signal: AbortSignal,
): Promise<CompleteSettings> {
  const wrong: FieldViolation[] = [];
  const refuse = (field: string, description: string) => wrong.push({ field: `settings.${field}`, description });
  const within = (field: string, value: number, least: number, most: number): number => {
    if (!Number.isInteger(value) || value < least || value > most) {
      refuse(field, `${value} is not an integer in [${least}, ${most}]`);
    }
    return value;
  };
  const oneOf = (field: string, value: string, allowed: readonly string[]): string => {
    if (!allowed.includes(value)) refuse(field, `${quoted(value)} is not one of ${allowed.join(', ')}`);
    return value;
  };
  if (given === undefined) throw new ValidationError([{ field: 'settings', description: 'not set' }]);

  const { data } = given;
  if (data?.source === undefined) refuse('data.source', 'not set; right would be a task or a data set');
  const isTask = data?.source?.$case === 'task';
  if (isTask && data.labelBudget === 0) refuse('data.label_budget', 'is 0; a task needs the number of labels');
  refuseTestDataset(data, refuse);
  const labelBudget = within('data.label_budget', data?.labelBudget ?? 0, 0, MAX_DRAWN);
  const testSize = within('data.test_size', data?.testSize || (isTask ? TASK_TEST_SIZE : 0), 0, MAX_DRAWN);

  const { noSearch } = given;
  if (noSearch && given.episodes !== 0) refuse('episodes', `${given.episodes} without a search; right would be 0`);
  const episodes = noSearch ? 0 : within('episodes', given.episodes || 32, 1, MAX_EPISODES);
  const batchSize = within('batch_size', given.batchSize || 4, 1, MAX_BATCH);
  const weights = given.reward?.weights ?? [];
  if (weights.length !== 0 && weights.length !== PAPER_TERMS.length) {
    refuse('reward.weights', `has ${weights.length} numbers; right would be none or 4: w1 to w4`);
  }
  if (weights.some((weight) => !Number.isFinite(weight) || weight < 0)) {
    refuse('reward.weights', 'has a weight that is no finite number of at least 0');
  }
  const policy = given.policy || POLICY_NAMES[0];
  if (!context.isPolicyRemote) oneOf('policy', policy, POLICY_NAMES);
  const qnn = await completeQnn(given.qnn, wrong, signal);
  const settings: CompleteSettings = {
    ...given,
    pretraining: completePretraining(given.pretraining, qnn.steps, refuse),
    data: {
      source: data?.source,
      labelBudget,
      testSize,
      identicalRows: completeIdenticalRows(data, refuse),
      testDataset: data?.testDataset,
      ...completeSources(data, refuse),
    },
    qnn,
    folds: within('folds', given.folds || 3, 2, 20),
    qnnSeeds: within('qnn_seeds', given.qnnSeeds || 1, 1, 32),
    episodes,
    batchSize,
    sobolEpisodes: within('sobol_episodes', given.sobolEpisodes ?? defaultSobol(episodes, batchSize), 0, episodes),
    staleness: within('staleness', given.staleness ?? 1, 0, 1),
    inFlight: within('in_flight', given.inFlight, 0, MAX_EPISODES),
    policy,
    reward: {
      form: oneOf('reward.form', given.reward?.form || REWARD_FORM_NAMES[0], REWARD_FORM_NAMES),
      weights: weights.length === 0 ? [...EQUAL_WEIGHTS] : weights,
    },
    evaluation: {
      draws: within('evaluation.draws', given.evaluation?.draws || 10, 2, 1000),
      rivals: namedBaselines(given.evaluation?.rivals ?? [], refuse),
      rivalEvaluations: within(
        'evaluation.rival_evaluations',
        given.evaluation?.rivalEvaluations || Math.max(1, episodes),
        1,
        MAX_EPISODES,
      ),
      portfolio: given.evaluation?.portfolio ?? false,
      portfolioDefault: defaultOfPortfolio(given.evaluation, refuse),
      choice: oneOf('evaluation.choice', given.evaluation?.choice || CHOICE_RULE_NAMES[0], CHOICE_RULE_NAMES),
    },
    episodeDeadlineSeconds: within('episode_deadline_seconds', given.episodeDeadlineSeconds || 3600, 1, 30 * 86_400),
  };
  if (wrong.length > 0) throw new ValidationError(wrong);
  return settings;
}

function defaultOfPortfolio(given: EvaluationSettings | undefined, refuse: Refuse): string | undefined {
  if (given?.portfolioDefault !== undefined && !given.portfolio) {
    refuse('evaluation.portfolio_default', 'belongs to a study with a portfolio; right would be portfolio: true');
  }
  return given?.portfolioDefault;
}

function defaultSobol(episodes: number, batchSize: number): number {
  return Math.min(episodes, Math.max(1, batchSize, Math.round(Math.min(episodes, 64) / 4)));
}

function completeIdenticalRows(data: DataSource | undefined, refuse: Refuse): IdenticalRows {
  const { UNSPECIFIED, TOGETHER, INDEPENDENT } = IdenticalRows;
  const given = data?.identicalRows ?? UNSPECIFIED;
  const isTask = data?.source?.$case === 'task';
  if (isTask && given !== UNSPECIFIED) {
    refuse('data.identical_rows', 'belongs to a data set; a task draws independent points');
  } else if (given !== UNSPECIFIED && given !== TOGETHER && given !== INDEPENDENT) {
    refuse('data.identical_rows', `${given} is none; right would be TOGETHER (1) or INDEPENDENT (2)`);
  }
  return isTask ? UNSPECIFIED : given || TOGETHER;
}

/** Test points of their own belong to a data set, and have their number. */
function refuseTestDataset(data: DataSource | undefined, refuse: Refuse): void {
  if (data?.testDataset === undefined) return;
  if (data.source?.$case === 'task') {
    refuse('data.test_dataset', 'belongs to a data set; a task draws its test points');
  }
  if (data.testSize !== 0) {
    refuse('data.test_size', 'is that of test points that are split from the data set; right would be 0 with others');
  }
}

type Refuse = (field: string, description: string) => void;

/** Fills in the defaults of the library that trains, and reports each wrong field by its name in the contract. */
export async function completeQnn(
  wire: QnnSettings | undefined,
  wrong: FieldViolation[],
  signal: AbortSignal,
): Promise<QnnSettings> {
  const given = wire ?? QnnSettings.fromPartial({});
  const problems = await checks.run({ kind: 'settings', given: settingsFromFields(given) }, signal);
  for (const problem of problems) wrong.push(qnnViolation(problem));
  return {
    ...given,
    qubits: given.qubits || DEFAULT_QNN.qubits,
    layers: given.layers || DEFAULT_QNN.layers,
    ansatz: given.ansatz || (given.qasm === '' ? DEFAULT_QNN.ansatz : ''),
    loss: given.loss || DEFAULT_QNN.loss,
    steps: given.steps || DEFAULT_QNN.steps,
    batchSize: given.batchSize || DEFAULT_QNN.batchSize,
    learningRate: given.learningRate || DEFAULT_QNN.learningRate,
    engine: given.engine || 'auto',
  };
}

/** The named baselines; none if the defaults are asked for, which depend on the data and on the generator's methods. */
function namedBaselines(given: readonly string[], refuse: Refuse): string[] {
  const baselines = [...given];
  baselines.forEach((baseline, i) => {
    const field = `evaluation.rivals[${i}]`;
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(baseline)) refuse(field, `${quoted(baseline)} is no name of a method`);
    if (baselines.indexOf(baseline) !== i) refuse(field, `${quoted(baseline)} is there twice`);
  });
  return baselines;
}
