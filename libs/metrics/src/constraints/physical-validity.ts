import { anticommute, parsePauliString } from '@qloom/datasets/annni/pauli-string.ts';
import type { FeatureRange } from '@qloom/datasets/tasks/task.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { MetricError } from '../metric-error.ts';

/** Whether points are physically possible. */
export interface PhysicalValidity {
  /** Share of points with every feature in its range. */
  readonly inRange: number;
  /** The furthest that a feature lies beyond its range; 0 where none does. */
  readonly worstExcess: number;
  /** Share of points with ⟨P⟩² + ⟨Q⟩² ≤ 1 + tolerance for every anticommuting pair; null without observables. */
  readonly uncertainty: number | null;
}

/**
 * Checks each point against its features' ranges (|⟨P⟩| ≤ 1), and, where the features are expectations of the Pauli
 * strings `observables`, against a necessary condition for a state that has them: ⟨P⟩² + ⟨Q⟩² ≤ 1 for P, Q that
 * anticommute. Expectations from shots break it by chance: compare with the share of the real points. Throws
 * MetricError when the lists do not fit the features.
 */
export function physicalValidity(
  points: Points,
  options: {
    readonly ranges: readonly FeatureRange[];
    readonly observables?: readonly string[];
    readonly tolerance?: number;
  },
): PhysicalValidity {
  const { ranges, observables, tolerance = 1e-6 } = options;
  for (const [name, list] of Object.entries({ ranges, observables })) {
    if (list && list.length !== points.features) {
      throw new MetricError(name, `${name}: ${list.length} for ${points.features} features; give one each`);
    }
  }
  const paulis = observables?.map((text) => parsePauliString(text, 31)) ?? [];
  const pairs = paulis.flatMap((a, i) =>
    paulis.flatMap((b, j) => (j > i && anticommute(a, b) ? [[i, j] as const] : [])),
  );
  let inRange = 0;
  let certain = 0;
  let worstExcess = 0;
  for (let row = 0; row < points.count; row++) {
    const x = points.x.subarray(row * points.features, (row + 1) * points.features);
    let excess = 0;
    ranges.forEach(({ low, high }, j) => {
      excess = Math.max(excess, (low ?? Number.NEGATIVE_INFINITY) - x[j], x[j] - (high ?? Number.POSITIVE_INFINITY));
    });
    if (excess <= 1e-6) inRange++;
    worstExcess = Math.max(worstExcess, excess);
    if (pairs.every(([i, j]) => x[i] * x[i] + x[j] * x[j] <= 1 + tolerance)) certain++;
  }
  return {
    inRange: inRange / points.count,
    worstExcess,
    uncertainty: observables ? certain / points.count : null,
  };
}
