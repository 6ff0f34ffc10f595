import type { SynthesisGain } from '@qloom/acquisition/policies/policy.ts';
import { pairedTestSetError } from '@qloom/metrics/statistics/test-set-error.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, selectRows } from '@qloom/study/points/rows.ts';
import { choiceFolds } from '../choice/choice-folds.ts';
import { balancedAccuracyOf, type TestScore } from '../evaluation/test-score.ts';

/** Labels of a class that can be divided. */
const LEAST_LABELS = 2;

/** A fold of one repeat: rows of the labels. */
export interface SynthesisPart {
  readonly repeat: number;
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
  /** Of whatever is trained on it. */
  readonly seed: number;
}

/**
 * Divides labels for the cross-validation of synthetic points, as the choices of studies do; a class with a single label is trained on and not
 * scored. Empty where fewer than two classes can be divided.
 */
export function synthesisParts(labels: Points, random: Random): SynthesisPart[] {
  const counts = classCounts(labels);
  const isDivided = (row: number) => counts[labels.y[row]] >= LEAST_LABELS;
  const rows = [...labels.y.keys()];
  const divided = rows.filter(isDivided);
  const single = rows.filter((row) => !isDivided(row));
  const kept = counts.flatMap((count, label) => (count >= LEAST_LABELS ? [label] : []));
  if (kept.length < 2) return [];
  const points = selectRows(labels, divided);
  const dense = { ...points, classes: kept.length, y: points.y.map((label) => kept.indexOf(label)) };
  return choiceFolds(dense, true, random).flatMap((folds, repeat) =>
    folds.map(({ train, heldOut }, fold) => ({
      repeat,
      training: [...Array.from(train, (i) => divided[i]), ...single],
      heldOut: Array.from(heldOut, (i) => divided[i]),
      seed: random.seedFor(`${repeat}/${fold}`),
    })),
  );
}

/** Predictions of the held-out labels of each part, in its order. */
export interface PartPredictions {
  readonly real: readonly ArrayLike<number>[];
  readonly augmented: readonly ArrayLike<number>[];
}

/** What the points change, by the predictions of models that were trained on each part without and with them. */
export function synthesisGain(
  labels: Points,
  parts: readonly SynthesisPart[],
  { real, augmented }: PartPredictions,
): SynthesisGain {
  const repeats = 1 + Math.max(...parts.map(({ repeat }) => repeat));
  const scored = new Set(parts.flatMap(({ heldOut }) => heldOut));
  const scoreOf = (predicted: readonly ArrayLike<number>[]): TestScore => {
    const shares = new Float64Array(labels.count);
    parts.forEach(({ heldOut }, part) => {
      heldOut.forEach((row, i) => {
        if (predicted[part][i] === labels.y[row]) shares[row] += 1 / repeats;
      });
    });
    return classCounts(labels).map((_, label) =>
      shares.filter((_share, row) => labels.y[row] === label && scored.has(row)),
    );
  };
  const [without, withPoints] = [scoreOf(real), scoreOf(augmented)];
  const differences = withPoints
    .map((shares, label) => shares.map((share, i) => share - without[label][i]))
    .filter((shares) => shares.length > 0);
  return {
    real: balancedAccuracyOf(without),
    augmented: balancedAccuracyOf(withPoints),
    standardError: Math.sqrt(pairedTestSetError(differences).variance),
  };
}
