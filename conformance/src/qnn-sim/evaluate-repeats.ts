import { status } from '@grpc/grpc-js';
import { QnnArm, type QnnRun } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Check } from '../check.ts';
import { inMessages, moved, waysToSplit } from '../shared/changed-points.ts';
import type { Instances } from '../shared/instances.ts';
import { type ChangeRow, repeatedCallChecks } from '../shared/repeated-call.ts';
import { smallPoints } from '../shared/small-points.ts';
import type { SuiteOptions } from '../suite.ts';
import {
  type EvaluateChanges,
  evaluate,
  mustRefuseEvaluation,
  POINTS,
  ROLES,
  type Role,
  SEEDS,
  whole,
} from './evaluate-call.ts';

/** An evaluation that is repeated. */
interface RepeatedEvaluation extends EvaluateChanges {
  /** The runs that are compared. Default: all. */
  readonly runs?: (run: QnnRun) => boolean;
}

const [SEED, OTHER_SEED] = SEEDS;
const REPETITIONS = 8;
const FIELD: Readonly<Record<Role, string>> = { training: 'training', synthetic: 'synthetic', heldOut: 'held_out' };

const ofSeed = ({ seed }: QnnRun) => seed === SEED;
const ofArm = (wanted: QnnArm) => (run: QnnRun) => run.arm === wanted;
/** The same runs in the unchanged evaluation and in a changed one. */
const within = (
  what: string,
  runs: (run: QnnRun) => boolean,
  change: EvaluateChanges,
): ChangeRow<RepeatedEvaluation> => ({
  what,
  from: { runs },
  change: { ...change, runs },
});

const SAME: readonly ChangeRow<RepeatedEvaluation>[] = [
  { what: 'its fold', change: { settings: { fold: 8 } } },
  { what: 'whether probabilities are requested', change: { settings: { probabilities: true } } },
  within('the other seeds', ofSeed, { settings: { seeds: [SEED] } }),
  within('the order of its seeds', ofSeed, { settings: { seeds: [OTHER_SEED, SEED] } }),
  within('the other arms', ofArm(QnnArm.AUGMENTED), { settings: { arms: [QnnArm.AUGMENTED] } }),
  within('synthetic points in the arm without them', ofArm(QnnArm.REAL_ONLY), { synthetic: [] }),
  ...ROLES.flatMap((role) =>
    waysToSplit(POINTS[role].count).map(({ what, counts }) => ({
      what: `the split of ${FIELD[role]} points into ${what}`,
      change: { [role]: inMessages(POINTS[role], counts) },
    })),
  ),
];

/** The first or the last third of a role's points moved. */
function moving(role: Role, which: 'first' | 'last'): ChangeRow<RepeatedEvaluation> {
  const points = POINTS[role];
  const [{ counts }] = waysToSplit(points.count);
  const from = which === 'first' ? 0 : points.count - counts[2];
  return {
    what: `the points of the ${which} message of ${FIELD[role]}`,
    from: { [role]: inMessages(points, counts) },
    change: { [role]: inMessages(moved(points, from, from + counts[0]), counts) },
  };
}

const seeded = (what: string, seed: number): ChangeRow<RepeatedEvaluation> => ({
  what,
  from: { settings: { seeds: [SEED] } },
  change: { settings: { seeds: [seed] } },
});

/** An evaluation is a function of its settings and points: what must not matter, and what must. */
export function evaluateRepeats(
  instances: Instances<typeof QnnSimulatorServiceService>,
  { deadlineMs }: SuiteOptions,
): readonly Check[] {
  return repeatedCallChecks<RepeatedEvaluation>({
    name: 'an evaluation',
    answer: 'list of scores',
    source: 'qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Evaluate',
    unchanged: {},
    async ask({ runs: isCompared = () => true, ...changes }, instance) {
      const simulator = instance === 'first' ? instances.first : instances.second();
      const { runs } = await evaluate(simulator, changes, deadlineMs);
      const scores = runs.filter(isCompared).map(({ losses, predictions, loss }) => {
        return [loss, losses, predictions].map((value) => JSON.stringify(value)).join(' ');
      });
      return scores.join('\n');
    },
    same: SAME,
    different: [
      ...ROLES.flatMap((role) => [moving(role, 'first'), moving(role, 'last')]),
      seeded('its seed', SEED + 1),
      seeded('the upper half of its seed', SEED + 2 ** 16),
      seeded('the highest bit of its seed', SEED + 2 ** 31),
    ],
    others: [
      { settings: { seeds: [4_000_000_007] }, training: whole(smallPoints(21, 77)) },
      { settings: { arms: [QnnArm.REAL_ONLY] }, qnn: { layers: 2, learningRate: 0.2 } },
      { synthetic: [], qnn: { qubits: 4, batchSize: 4 } },
    ],
    mistakes: () =>
      mustRefuseEvaluation(instances.first, { settings: { seeds: [] } }, deadlineMs, status.INVALID_ARGUMENT),
    repetitions: REPETITIONS,
  });
}
