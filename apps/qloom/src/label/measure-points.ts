import { varianceOfMean } from '@qloom/acquisition/shots/measured-mean.ts';
import { isDecided, nextShots, type ShotLimits } from '@qloom/acquisition/shots/next-shots.ts';
import type { AskedPoint } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { DeviceRun, DeviceTask } from '@qloom/qnn/hardware/device.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { OutcomeCounts } from '@qloom/quantum/mitigation/readout-correction.ts';
import { createRandom } from '@qloom/random/random.ts';
import { BudgetExhaustedError, type ExecutedRow, type RunExecutor } from '../experiment/experiment-executor.ts';
import type { ClassDecision, LabelRule } from './label-rule.ts';

/** What finds the class of a point: its features are the inputs of the circuit. */
export interface LabelCircuit {
  readonly circuit: Circuit;
  readonly rule: LabelRule;
  /** Of each group of observables. */
  readonly shots: ShotLimits;
}

/** A point whose class was measured. */
export interface MeasuredPoint {
  readonly point: string;
  readonly decision: ClassDecision;
  /** Whether the margin is two standard errors or more above 0. */
  readonly isDecided: boolean;
  /** Standard error of the margin. */
  readonly marginError: number;
  /** Of all measurements and groups together. */
  readonly shots: number;
  /** Jobs in the order in which they were run. */
  readonly jobs: readonly string[];
  /** Of the last measurement, which has most of the shots. */
  readonly calibration: string;
  readonly timeMs: number;
}

/** What came of measuring points. */
export interface Measurement {
  /** Every point, or none where the budget had too little left for the first measurement. */
  readonly points: readonly MeasuredPoint[];
  /** Why the budget ended it; absent where it did not. */
  readonly exhausted?: string;
}

/** Whom a measurement tells: the points that are measured next, and the shots of each. */
export type OnMeasure = (points: number, shots: number) => void;

/**
 * Measures points: all with the first number of shots, then those that are not decided with as many more as `nextShots` says, in one run each time. The runs
 * are a function of circuit, points and seed, and of what was counted before, so that a repetition finds the same runs. Throws what the
 * executor throws, but for a budget that is exhausted.
 */
export async function measurePoints(
  { circuit, rule, shots: limits }: LabelCircuit,
  asked: readonly AskedPoint[],
  execute: RunExecutor,
  seed: number,
  onMeasure: OnMeasure = () => {},
): Promise<Measurement> {
  const points = asked.toSorted((a, b) => rowOf(a) - rowOf(b));
  const pooled = points.map(() => rule.groups.map(() => new Map<number, number>()));
  const found: (MeasuredPoint | undefined)[] = points.map(() => undefined);
  for (;;) {
    const more = found.map((point) => nextShots(point?.decision.margin ?? null, limits));
    const open = points.map((_, i) => i).filter((i) => more[i] > 0);
    if (open.length === 0) return { points: found.flatMap((point) => (point ? [point] : [])) };
    // All were measured alike so far.
    const shots = more[open[0]];
    const total = shots + (found[open[0]]?.decision.margin.shots ?? 0);
    onMeasure(open.length, shots);
    let rows: readonly (readonly ExecutedRow[])[];
    try {
      const inputs = open.map((i) => points[i].features);
      rows = await execute(runOf({ circuit, rule }, inputs, { shots, total, seed }));
    } catch (error) {
      if (!(error instanceof BudgetExhaustedError)) throw error;
      return { points: found.flatMap((point) => (point ? [point] : [])), exhausted: error.message };
    }
    open.forEach((i, row) => {
      const executed = rule.groups.map((_, group) => rows[group][row]);
      for (const [group, { counts }] of executed.entries()) addCounts(pooled[i][group], counts);
      found[i] = measured(points[i].point, rule.decide(pooled[i]), executed, found[i]);
    });
  }
}

function measured(
  point: string,
  decision: ClassDecision,
  executed: readonly ExecutedRow[],
  before: MeasuredPoint | undefined,
): MeasuredPoint {
  const last = executed.reduce((a, b) => (b.timeMs > a.timeMs ? b : a));
  return {
    ...{ point, decision, isDecided: isDecided(decision.margin) },
    marginError: Math.sqrt(varianceOfMean(decision.margin)),
    shots: decision.margin.shots * executed.length,
    jobs: [...new Set([...(before?.jobs ?? []), ...executed.map(({ job }) => job)])],
    ...{ calibration: last.calibration, timeMs: last.timeMs },
  };
}

/** A run that measures points with so many shots; `total` are those that they then have. */
export function runOf(
  { circuit, rule }: Pick<LabelCircuit, 'circuit' | 'rule'>,
  inputs: readonly (readonly number[])[],
  { shots, total, seed }: { readonly shots: number; readonly total: number; readonly seed: number },
): DeviceRun {
  const name = `shots-${total}`;
  const tasks = rule.groups.map(
    ({ rotations, qubits }): DeviceTask => ({
      circuit: { ...circuit, gates: [...circuit.gates, ...rotations] },
      rows: inputs.length,
      parameters: new Float64Array(0),
      inputs: Float64Array.from(inputs.flat()),
      qubits,
      shots,
    }),
  );
  return { name, tasks, seed: createRandom(seed).seedFor(name) };
}

function addCounts(into: Map<number, number>, counts: OutcomeCounts): void {
  for (const [outcome, count] of counts) into.set(outcome, (into.get(outcome) ?? 0) + count);
}

const rowOf = ({ point }: AskedPoint): number => Number(point.slice(1));
