import {
  type AssessFacts,
  type EvaluateFacts,
  type FidelityReport,
  type FitFacts,
  QnnArm,
  type RewardFacts,
  type UtilityReport,
} from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { decodeFiniteValues } from '@qloom/study-rpc/codec/named-values.ts';
import { decodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { TensorError } from '@qloom/tensor/tensor-error.ts';
import { mean } from '../../domain/maths/statistics.ts';
import { type ConstraintReadings, LEAST_SIGMA, mapConstraints } from '../../domain/reward/constraints.ts';
import type { Judgement } from '../../domain/reward/judge.ts';
import {
  type ArmName,
  type FidelityFold,
  IncompleteReportError,
  type Measurement,
  type NamedValues,
  type UtilityFold,
} from '../../domain/reward/measurement.ts';
import { type EpisodeSlots, factsOf } from './study-view.ts';

/** The contents of an episode's slots, without wire types. Throws {@link IncompleteReportError}. */
function decodeMeasurement(fit: FitFacts, assess: AssessFacts, evaluate: EvaluateFacts): Measurement {
  return {
    fit: meanOf(fit.folds.map((fold) => decodeFiniteValues(fold.summary))),
    fidelity: assess.folds.map(decodeFidelity),
    utility: evaluate.folds.map(decodeUtility),
  };
}

/**
 * The services' results for an episode; undefined while a slot is missing or failed. Throws
 * {@link IncompleteReportError}.
 */
export function measurementOf(slots: EpisodeSlots): Measurement | undefined {
  const fit = factsOf(slots.fit, 'fit');
  const assess = factsOf(slots.assess, 'assess');
  const evaluate = factsOf(slots.evaluate, 'evaluate');
  return fit && assess && evaluate && decodeMeasurement(fit, assess, evaluate);
}

/** A fidelity report without wire types. */
function decodeFidelity(report: FidelityReport): FidelityFold {
  return {
    fold: report.fold,
    syntheticCount: report.syntheticCount,
    readings: report.syntheticCount === 0 ? null : decodeReadings(report),
    metrics: decodeFiniteValues(report.metrics),
  };
}

function decodeReadings({ fold, constraints, nullDistribution }: FidelityReport): ConstraintReadings {
  const values = decodeFiniteValues(constraints);
  const nulls = decodeFiniteValues(nullDistribution);
  return mapConstraints((name) => {
    const value = values[name];
    const tau = nulls[`${name}.tau`];
    if (value === undefined || tau === undefined) {
      const lacking = value === undefined ? `constraint ${name}` : `null ${name}.tau`;
      throw new IncompleteReportError(`assess: the report of fold ${fold} has no finite ${lacking}`);
    }
    return { value, tau, sigma: Math.max(LEAST_SIGMA, nulls[`${name}.sigma`] ?? LEAST_SIGMA) };
  });
}

const ARM_NAMES: ReadonlyMap<QnnArm, ArmName> = new Map([
  [QnnArm.REAL_ONLY, 'real-only'],
  [QnnArm.AUGMENTED, 'augmented'],
  [QnnArm.SYNTHETIC_ONLY, 'synthetic-only'],
]);

/** A utility report without wire types. */
export function decodeUtility(report: UtilityReport): UtilityFold {
  return {
    fold: report.fold,
    runs: report.runs.map((run, i) => ({
      arm: ARM_NAMES.get(run.arm) ?? 'unknown',
      seed: run.seed,
      losses: Float64Array.from(
        decodeTensor(run.losses, { dtype: 'float32', shape: [null], field: `evaluate.runs[${i}].losses` }),
      ),
      accuracy: run.accuracy,
      predictions: orNull(() => {
        const expected = { dtype: 'int32', shape: [null], field: `evaluate.runs[${i}].predictions` } as const;
        return run.predictions && Int32Array.from(decodeTensor(run.predictions, expected));
      }),
      probabilities: orNull(() => {
        const field = `evaluate.runs[${i}].probabilities`;
        const expected = { dtype: 'float32', shape: [null, null], finite: true, field } as const;
        return run.probabilities && Float32Array.from(decodeTensor(run.probabilities, expected));
      }),
      gradientSteps: run.gradientSteps,
      circuitExecutions: run.circuitExecutions,
    })),
  };
}

/**
 * Null for a tensor that is absent or not what it should be: then the accuracy that the simulator reports is used, and
 * there is no AUC.
 */
function orNull<T>(decode: () => T | undefined): T | null {
  try {
    return decode() ?? null;
  } catch (error) {
    if (error instanceof TensorError || error instanceof ValidationError) return null;
    throw error;
  }
}

/** The facts of a reward slot. */
export function encodeReward(judgement: Judgement, form: string): RewardFacts {
  return {
    reward: judgement.reward,
    utility: judgement.utility.value,
    utilityStandardError: judgement.utility.standardError,
    lossRealOnly: judgement.utility.lossRealOnly,
    lossAugmented: judgement.utility.lossAugmented,
    accuracyRealOnly: judgement.accuracyRealOnly,
    accuracyAugmented: judgement.accuracyAugmented,
    constraints: judgement.constraints.map((term) => ({ ...term })),
    form,
  };
}

/** The mean of each value over the records that have it. */
function meanOf(records: readonly NamedValues[]): NamedValues {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
  return Object.fromEntries(
    names.map((name) => [name, mean(records.flatMap((record) => (name in record ? [record[name]] : [])))]),
  );
}
