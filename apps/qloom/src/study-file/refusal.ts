import type { ServiceError } from '@grpc/grpc-js';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { UsageError } from '../command/errors.ts';
import type { LoadedStudy } from './load-study-file.ts';
import { formatPath, type Problem, StudyFileError } from './problem.ts';

/** Fields of StudySettings whose name in a study file is another one. */
const NAMES: Readonly<Record<string, string>> = {
  'data.label_budget': 'data.labels',
  'data.test_size': 'data.test',
  'data.test_dataset': 'data.testCsv',
  'data.identical_rows': 'data.duplicates',
  'data.source': 'data.task',
  'data.source.task.settings_json': 'data.settings',
  'data.unlabelled.count': 'data.unlabelled',
  'data.simulator.relative.points': 'data.simulator.points',
  'data.simulator.settings_json': 'data.simulator.settings',
  'qnn.batch_size': 'qnn.batch',
  'qnn.qasm': 'qnn.circuit',
  'qnn.learning_rate': 'qnn.learningRate',
  qnn_seeds: 'qnnSeeds',
  sobol_episodes: 'sobol',
  batch_size: 'batch',
  in_flight: 'inFlight',
  'evaluation.rival_evaluations': 'evaluation.rivalEvaluations',
  pretraining: 'pretrain',
  'pretraining.finetune_steps': 'pretrain.finetune',
  'pretraining.hold_steps': 'pretrain.hold',
  episode_deadline_seconds: 'episodeDeadline',
};

/** The agent's refusal of a study (INVALID_ARGUMENT) as problems of the study file, with their lines. */
export function refusalOf(loaded: LoadedStudy, error: ServiceError): UsageError {
  const violations = violationsOf(error);
  if (violations.length === 0) return new UsageError(`${loaded.path}: ${error.details}`, { cause: error });
  return new StudyFileError(
    loaded.path,
    violations.map(({ field, description }): Problem => {
      const path = pathOf(field.replace(/^settings\./, ''));
      return { line: loaded.positions.lineOfKey(path), field: formatPath(path), message: description };
    }),
  );
}

/** `space.gan.steps.min` → [space, gan.steps, min]; `evaluation.rivals[1]` → [evaluation, rivals, 1]. */
function pathOf(field: string): (string | number)[] {
  const name = (NAMES[field] ?? field)
    .replace(/^qnn\.(encoding|ansatz)_options\b/, 'qnn.options.$1')
    .replace(/^qnn\.noise\..*/, (noise) => noise.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase()));
  const space = /^space\.(.+?)(?:\.(min|max|choices|zeroAllowed))?$/.exec(name);
  if (space !== null) return space[2] === undefined ? ['space', space[1]] : ['space', space[1], space[2]];
  return name.split(/\.|(?=\[\d+\])/).map((part) => (/^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : part));
}
