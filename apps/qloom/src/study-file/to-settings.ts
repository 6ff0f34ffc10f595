import {
  type DataSource,
  IdenticalRows,
  type SimulatorData,
  SpaceOverride,
  StudySettings,
  type UnlabelledData,
} from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { HyperparameterValue } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { optionTexts } from '@qloom/qnn/model/qnn-fields.ts';
import type { SpaceEntry, StudyFile } from './study-file.ts';

/** Contents of files that a study file names, for its settings. */
export interface Attached {
  /** The stored CSV, once it is stored. */
  readonly dataset?: ArtifactRef;
  /** The stored CSVs of unlabelled points and of a simulator, likewise. */
  readonly unlabelled?: ArtifactRef;
  readonly simulator?: ArtifactRef;
  /** The stored CSV of test points, likewise. */
  readonly test?: ArtifactRef;
  /** Text of the QNN's circuit. */
  readonly circuit?: string;
}

/** The settings of a study file on the wire; absent fields are 0 or empty, and the agent fills in their defaults. */
export function toStudySettings(file: StudyFile, attached: Attached = {}): StudySettings {
  const { dataset, circuit } = attached;
  const { data, qnn = {}, reward = {}, evaluation = {}, pretrain } = file;
  return StudySettings.fromPartial({
    seed: file.seed ?? 1,
    data: {
      source:
        data.task === undefined
          ? dataset && { $case: 'dataset', value: dataset }
          : {
              $case: 'task',
              value: {
                name: data.task,
                settingsJson: data.settings === undefined ? '' : JSON.stringify(data.settings),
              },
            },
      labelBudget: data.labels ?? 0,
      testSize: data.test ?? 0,
      identicalRows: data.duplicates === 'independent' ? IdenticalRows.INDEPENDENT : IdenticalRows.UNSPECIFIED,
      testDataset: attached.test,
      ...toSources(data, attached),
    },
    qnn: {
      qubits: qnn.qubits ?? 0,
      layers: qnn.layers ?? 0,
      ansatz: qnn.ansatz ?? '',
      ansatzOptions: optionTexts(qnn.options?.ansatz),
      encoding: qnn.encoding ?? '',
      encodingOptions: optionTexts(qnn.options?.encoding),
      qasm: circuit ?? '',
      observables: [...(qnn.observables ?? [])],
      shots: qnn.shots ?? 0,
      noise: qnn.noise && { ...qnn.noise },
      gradient: qnn.gradient ?? '',
      precision: qnn.precision ?? '',
      loss: qnn.loss ?? '',
      steps: qnn.steps ?? 0,
      batchSize: qnn.batch ?? 0,
      learningRate: qnn.learningRate ?? 0,
      engine: qnn.engine ?? '',
    },
    folds: file.folds ?? 0,
    qnnSeeds: file.qnnSeeds ?? 0,
    episodes: file.episodes ?? 0,
    noSearch: file.episodes === 0,
    sobolEpisodes: file.sobol,
    batchSize: file.batch ?? 0,
    staleness: file.staleness,
    inFlight: file.inFlight === undefined || file.inFlight === 'auto' ? 0 : file.inFlight,
    policy: file.policy ?? '',
    space: Object.entries(file.space ?? {}).map(([name, entry]) => toOverride(name, entry)),
    reward: { form: reward.form ?? '', weights: [...(reward.weights ?? [])] },
    evaluation: {
      draws: evaluation.draws ?? 0,
      rivals: [...(evaluation.rivals ?? [])],
      rivalEvaluations: evaluation.rivalEvaluations ?? 0,
      choice: evaluation.choice ?? '',
      portfolio: evaluation.portfolio ?? false,
    },
    pretraining: pretrain && {
      steps: pretrain.steps ?? 0,
      finetuneSteps: pretrain.finetune ?? 0,
      target: pretrain.target,
      holdSteps: pretrain.hold ?? 0,
    },
    episodeDeadlineSeconds: file.episodeDeadline ?? 0,
  });
}

function toSources({ unlabelled, simulator }: StudyFile['data'], attached: Attached): Partial<DataSource> {
  const pool: UnlabelledData['source'] =
    typeof unlabelled === 'number'
      ? { $case: 'count', value: unlabelled }
      : attached.unlabelled && { $case: 'dataset', value: attached.unlabelled };
  const relative = typeof simulator === 'object' ? simulator : undefined;
  const { settings, points = 0 } = relative ?? {};
  const source: SimulatorData['source'] = relative
    ? { $case: 'relative', value: { settingsJson: settings ? JSON.stringify(settings) : '', points } }
    : attached.simulator && { $case: 'dataset', value: attached.simulator };
  return {
    ...(unlabelled === undefined ? {} : { unlabelled: { source: pool } }),
    ...(simulator === undefined ? {} : { simulator: { source } }),
  };
}

/** A key that ends with "?" applies as far as the services offer it. */
function toOverride(key: string, entry: SpaceEntry): SpaceOverride {
  const ifOffered = key.endsWith('?');
  const of = { name: ifOffered ? key.slice(0, -1) : key, ifOffered };
  if (typeof entry === 'string' || typeof entry === 'number') {
    return SpaceOverride.fromPartial({ ...of, fixed: { value: toValue(entry) } });
  }
  if (Array.isArray(entry)) return SpaceOverride.fromPartial({ ...of, choices: entry.map(String) });
  const { min, max } = entry as { readonly min?: number; readonly max?: number };
  return SpaceOverride.fromPartial({ ...of, minimum: min, maximum: max });
}

/** A value before the space is known: whole numbers are integers; `fitOverrides` gives it its parameter's kind. */
function toValue(value: string | number): HyperparameterValue['value'] {
  if (typeof value === 'string') return { $case: 'choice', value };
  return Number.isInteger(value) ? { $case: 'integer', value } : { $case: 'real', value };
}
