import type { status } from '@grpc/grpc-js';
import { QnnArm, type QnnRun, QnnSettings, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type EvaluateRequest, EvaluateSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { must } from '../check.ts';
import { inMessages } from '../shared/changed-points.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { smallPoints } from '../shared/small-points.ts';
import type { QnnSimulator } from './circuit-requests.ts';

export type EvaluatePart = NonNullable<EvaluateRequest['part']>;

export const FOLD = 3;
export const STEPS = 6;
export const SEEDS: readonly number[] = [5, 9];

/** Points of each role, as many as fit into one message. */
export const POINTS = { training: smallPoints(24), synthetic: smallPoints(12, 400), heldOut: smallPoints(15, 200) };
export type Role = keyof typeof POINTS;
export const ROLES: readonly Role[] = ['training', 'synthetic', 'heldOut'];

/** What an evaluation of the checks may change. */
export interface EvaluateChanges {
  readonly settings?: Partial<EvaluateSettings>;
  readonly qnn?: Partial<QnnSettings>;
  readonly training?: readonly LabelledPoints[];
  /** No messages: no synthetic points. */
  readonly synthetic?: readonly LabelledPoints[];
  readonly heldOut?: readonly LabelledPoints[];
}

/** Points in one message. */
export const whole = (points: Points): LabelledPoints[] => inMessages(points, [points.count]);

/** Settings and points of an evaluation: three qubits, one layer, a few steps. */
export function evaluateParts(changes: EvaluateChanges = {}): EvaluatePart[] {
  const qnn = QnnSettings.fromPartial({ qubits: 3, layers: 1, steps: STEPS, batchSize: 8, learningRate: 0.05 });
  const settings = EvaluateSettings.fromPartial({ fold: FOLD, seeds: [...SEEDS] });
  const points = ROLES.flatMap(($case) =>
    (changes[$case] ?? whole(POINTS[$case])).map((value): EvaluatePart => ({ $case, value })),
  );
  return [
    { $case: 'settings', value: { ...settings, qnn: { ...qnn, ...changes.qnn }, ...changes.settings } },
    ...points,
  ];
}

/** Evaluates. Fails if there is no report. */
export async function evaluate(
  simulator: QnnSimulator,
  changes: EvaluateChanges,
  deadlineMs: number,
): Promise<UtilityReport> {
  const { report } = await simulator.evaluate(
    evaluateParts(changes).map((part) => ({ part })),
    { deadlineMs },
  );
  must(report !== undefined, 'the report is absent', 'a report');
  return report;
}

/** Fails unless an evaluation ends as `expected`. */
export function mustRefuseEvaluation(
  simulator: QnnSimulator,
  changes: EvaluateChanges,
  deadlineMs: number,
  expected: status,
): Promise<void> {
  return mustRefuse(evaluate(simulator, changes, deadlineMs), expected);
}

/** Arm and seed of a run, for messages. */
export const nameOf = ({ arm, seed }: Pick<QnnRun, 'arm' | 'seed'>): string =>
  `${arm === QnnArm.REAL_ONLY ? 'REAL_ONLY' : 'AUGMENTED'}, seed ${seed}`;
