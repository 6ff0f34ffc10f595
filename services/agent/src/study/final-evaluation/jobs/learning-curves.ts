import type { UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { FitProgress } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { mean } from '../../../domain/maths/statistics.ts';

/** A loss along a training. */
export interface Curve {
  readonly name: string;
  /** Share of the training that was done at each value, in (0, 1], rising. */
  readonly progress: readonly number[];
  readonly values: readonly number[];
}

/** Maximum number of values that are kept of each loss of a fit. */
const FIT_PARTS = 20;

/** The mean training loss of the QNNs of some reports; none if the simulator records none. */
export function qnnCurve(reports: readonly UtilityReport[]): Curve[] {
  const known = reports.flatMap(({ runs }) => runs.map((run) => run.trainingLosses ?? []));
  const length = known[0]?.length ?? 0;
  if (length === 0 || known.some((losses) => losses.length !== length || !losses.every(Number.isFinite))) return [];
  return [
    {
      name: 'qnn',
      progress: Array.from({ length }, (_, part) => (part + 1) / length),
      values: Array.from({ length }, (_, part) => short(mean(known.map((losses) => losses[part])))),
    },
  ];
}

/** Collects the losses of a fit from its progress: the last of each twentieth of its steps. */
export function collectFitCurves(): { readonly add: (progress: FitProgress) => void; readonly curves: () => Curve[] } {
  const parts = new Map<number, FitProgress>();
  return {
    add(progress) {
      const { step, totalSteps } = progress;
      if (step > 0 && step <= totalSteps) parts.set(Math.ceil((FIT_PARTS * step) / totalSteps), progress);
    },
    curves() {
      const kept = [...parts.values()];
      const names = [...new Set(kept.flatMap(({ losses }) => losses.map(({ name }) => name)))];
      return names.map((name) => {
        const points = kept.flatMap(({ step, totalSteps, losses }) => {
          const value = losses.find((loss) => loss.name === name)?.value;
          return value === undefined || !Number.isFinite(value) ? [] : [{ at: short(step / totalSteps), value }];
        });
        return { name, progress: points.map(({ at }) => at), values: points.map(({ value }) => short(value)) };
      });
    },
  };
}

/** The mean of the curves of several trainings, by name, over those that have the same length. */
export function meanCurves(trainings: readonly (readonly Curve[])[]): Curve[] {
  const byName = new Map<string, Curve[]>();
  for (const curve of trainings.flat()) {
    const known = byName.get(curve.name);
    if (known === undefined) byName.set(curve.name, [curve]);
    else if (known[0].values.length === curve.values.length) known.push(curve);
  }
  return [...byName.values()].map((curves) => ({
    name: curves[0].name,
    progress: curves[0].progress,
    values: curves[0].values.map((_, i) => mean(curves.map(({ values }) => values[i]))),
  }));
}

/** Four significant digits, which a plot shows: results of jobs are kept in the log. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}
