import { status } from '@grpc/grpc-js';
import { QnnArm, type QnnRun, QnnSettings, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  type EvaluateRequest,
  EvaluateSettings,
  type QnnSimulatorServiceService,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { receivedTensor } from '../shared/received.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { CLASSES, pointsMessage, smallPoints } from '../shared/small-points.ts';
import { streamRefusals } from '../shared/stream-refusals.ts';
import type { SuiteOptions } from '../suite.ts';

type EvaluatePart = NonNullable<EvaluateRequest['part']>;

const SOURCE = 'qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Evaluate';
const FOLD = 3;
const STEPS = 6;
const SEEDS = [5, 9];
const REAL = smallPoints(24);
const HELD_OUT = smallPoints(15, 200);
const training: EvaluatePart = { $case: 'training', value: pointsMessage(REAL) };
const synthetic: EvaluatePart = { $case: 'synthetic', value: pointsMessage(smallPoints(12, 400)) };
const heldOut: EvaluatePart = { $case: 'heldOut', value: pointsMessage(HELD_OUT) };

function settings(changes: Partial<EvaluateSettings> = {}, ansatz = ''): EvaluatePart {
  const qnn = QnnSettings.fromPartial({ qubits: 3, layers: 1, ansatz, steps: STEPS, batchSize: 8, learningRate: 0.05 });
  const value = EvaluateSettings.fromPartial({ fold: FOLD, seeds: SEEDS, qnn });
  return { $case: 'settings', value: { ...value, ...changes } };
}

/** Checks of Evaluate. */
export function evaluateChecks(
  simulator: Remote<typeof QnnSimulatorServiceService>,
  { deadlineMs }: SuiteOptions,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const list = listChecks(`${SOURCE}; slots.proto: UtilityReport, QnnRun`);
  const call = (...parts: (EvaluatePart | undefined)[]) =>
    simulator.evaluate(
      parts.map((part) => ({ part })),
      { deadlineMs },
    );
  const evaluate = async (...parts: EvaluatePart[]): Promise<UtilityReport> => {
    const { report } = await call(...parts);
    must(report !== undefined, 'the report is absent', 'a report');
    return report;
  };
  const evaluated = sharedAnswer('a report', () => evaluate(settings(), training, synthetic, heldOut));
  const bothArms = [QnnArm.REAL_ONLY, QnnArm.AUGMENTED];

  list.promise('a report has its fold, its engine, and one run for each arm and seed', async () => {
    const { fold, engine, runs } = await evaluated();
    must(fold === FOLD, `fold is ${fold}`, `${FOLD}, as in the settings`);
    must(engine !== '', 'engine is empty', 'the engine that ran it');
    requireRuns(runs, bothArms);
  });

  list.promise('without synthetic points the real arm alone is trained', async () => {
    requireRuns((await evaluate(settings(), training, heldOut)).runs, [QnnArm.REAL_ONLY]);
  });

  list.promise('arms that are named are trained, and no others', async () => {
    const named = settings({ arms: [QnnArm.AUGMENTED] });
    requireRuns((await evaluate(named, training, synthetic, heldOut)).runs, [QnnArm.AUGMENTED]);
  });

  list.promise('the loss is the mean of the losses of the held-out points', async () => {
    for (const run of (await evaluated()).runs) {
      const losses = receivedTensor(run.losses, { ...perPoint, dtype: 'float32', field: 'losses' });
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      // The losses are rounded to float32 on the wire: 6e-8 of each, so of their mean; 1e-5 leaves room for a sum in float32.
      const close = Math.abs(mean - run.loss) <= 1e-5 * Math.max(1, Math.abs(mean));
      must(close, `${nameOf(run)}: loss is ${run.loss}, the mean of losses ${mean}`, 'the same within 1e-5');
    }
  });

  list.promise('predictions are classes, and the accuracy is the share that is right', async () => {
    for (const run of (await evaluated()).runs) {
      const predictions = receivedTensor(run.predictions, { ...perPoint, dtype: 'int32', field: 'predictions' });
      const wrong = predictions.find((label) => label < 0 || label >= CLASSES);
      must(wrong === undefined, `${nameOf(run)}: the class ${wrong} is predicted`, `0 to ${CLASSES - 1}`);
      const right = predictions.filter((label, i) => label === HELD_OUT.y[i]).length / HELD_OUT.count;
      const close = Math.abs(right - run.accuracy) < 1e-6;
      must(close, `${nameOf(run)}: accuracy is ${run.accuracy}`, `${right}, the share of right predictions`);
    }
  });

  list.promise(
    'class probabilities, where they are offered when asked for, are distributions over the classes',
    async () => {
      for (const run of (await evaluate(settings({ probabilities: true }), training, heldOut)).runs) {
        if (run.probabilities === undefined) continue;
        const expected = { dtype: 'float32', shape: [HELD_OUT.count, CLASSES], field: 'probabilities' } as const;
        const probabilities = receivedTensor(run.probabilities, expected);
        for (let row = 0; row < HELD_OUT.count; row++) {
          const each = [...probabilities.subarray(row * CLASSES, (row + 1) * CLASSES)];
          const sum = each.reduce((total, p) => total + p, 0);
          // Rounded to float32: 6e-8 of each.
          const isDistribution = Math.abs(sum - 1) < 1e-4 && each.every((p) => p >= 0);
          must(
            isDistribution,
            `${nameOf(run)}: probabilities of point ${row} are ${each}`,
            'at least 0 each, and 1 in all',
          );
        }
      }
    },
  );

  list.promise('every run has done as many gradient steps as were asked for, and says what it cost', async () => {
    for (const run of (await evaluated()).runs) {
      const { gradientSteps, circuitExecutions, trainingLoss, seconds } = run;
      must(
        gradientSteps === STEPS,
        `${nameOf(run)}: ${gradientSteps} gradient steps`,
        `${STEPS}, the same in every arm`,
      );
      must(circuitExecutions > 0, `${nameOf(run)}: no circuit was executed`, 'how many were');
      must(Number.isFinite(trainingLoss), `${nameOf(run)}: training_loss is ${trainingLoss}`, 'a finite loss');
      must(seconds >= 0, `${nameOf(run)}: it took ${seconds} s`, 'a time not below 0');
    }
  });

  list.promise('the same input gives the same report but for times', async () => {
    const again = await evaluate(settings(), training, synthetic, heldOut);
    const [one, other] = [await evaluated(), again].map(({ runs }) => runs.map(withoutTime));
    for (const [i, run] of one.entries()) {
      must(run === other[i], `run ${i} is ${other[i]} the second time`, `as before: ${run}`);
    }
  });

  const refused: [string, EvaluatePart[]][] = [
    ['an evaluation without seeds', [settings({ seeds: [] }), training, heldOut]],
    ['an ansatz that is none', [settings({}, 'none-of-them'), training, heldOut]],
  ];
  for (const [what, parts] of refused) {
    list.refusal(`${what}: INVALID_ARGUMENT`, () => mustRefuse(call(...parts), status.INVALID_ARGUMENT));
  }
  const streams = streamRefusals<EvaluatePart>({
    name: 'an evaluation',
    source: SOURCE,
    order: {
      settings: { once: true },
      training: { points: true, limit: 'points' },
      synthetic: { optional: true, points: true, limit: 'points' },
      heldOut: { points: true, limit: 'points' },
    },
    capabilities,
    parts: async () => [settings(), training, synthetic, heldOut],
    ask: (parts) => call(...parts),
  });
  return [...list.checks, ...streams];
}

const perPoint = { shape: [HELD_OUT.count], finite: true };

const nameOf = ({ arm, seed }: QnnRun) => `${arm === QnnArm.REAL_ONLY ? 'REAL_ONLY' : 'AUGMENTED'}, seed ${seed}`;

function requireRuns(runs: readonly QnnRun[], arms: readonly QnnArm[]): void {
  const wanted = arms.flatMap((arm) => SEEDS.map((seed) => nameOf({ arm, seed } as QnnRun))).sort();
  const given = runs.map(nameOf).sort();
  must(given.join('; ') === wanted.join('; '), `the runs are ${given.join('; ')}`, wanted.join('; '));
}

function withoutTime(run: QnnRun): string {
  return JSON.stringify({ ...run, seconds: 0 });
}
