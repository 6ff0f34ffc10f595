import { status } from '@grpc/grpc-js';
import { QnnArm, type QnnRun, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type Check, CheckSkipped, listChecks, must, sharedAnswer } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { receivedTensor } from '../shared/received.ts';
import { CLASSES } from '../shared/small-points.ts';
import { streamRefusals } from '../shared/stream-refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import type { QnnSimulator } from './circuit-requests.ts';
import {
  type EvaluateChanges,
  type EvaluatePart,
  evaluate,
  evaluateParts,
  FOLD,
  mustRefuseEvaluation,
  nameOf,
  POINTS,
  SEEDS,
  STEPS,
} from './evaluate-call.ts';

const SOURCE = 'qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Evaluate';
const HELD_OUT = POINTS.heldOut;

/** Checks of Evaluate. */
export function evaluateChecks(
  simulator: QnnSimulator,
  { deadlineMs }: SuiteOptions,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const list = listChecks(`${SOURCE}; slots.proto: UtilityReport, QnnRun`);
  const ask = (changes: EvaluateChanges = {}): Promise<UtilityReport> => evaluate(simulator, changes, deadlineMs);
  const evaluated = sharedAnswer('a report', () => ask());
  const bothArms = [QnnArm.REAL_ONLY, QnnArm.AUGMENTED];

  list.promise('a report has its fold, its engine, and one run for each arm and seed', async () => {
    const { fold, engine, runs } = await evaluated();
    must(fold === FOLD, `fold is ${fold}`, `${FOLD}, as in the settings`);
    must(engine !== '', 'engine is empty', 'the engine that ran it');
    requireRuns(runs, bothArms);
  });

  list.promise('without synthetic points the real arm alone is trained', async () => {
    requireRuns((await ask({ synthetic: [] })).runs, [QnnArm.REAL_ONLY]);
  });

  list.promise('arms that are named are trained, and no others', async () => {
    requireRuns((await ask({ settings: { arms: [QnnArm.AUGMENTED] } })).runs, [QnnArm.AUGMENTED]);
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
      for (const run of (await ask({ settings: { probabilities: true } })).runs) {
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
    const again = await ask();
    const [one, other] = [await evaluated(), again].map(({ runs }) => runs.map(withoutTime));
    for (const [i, run] of one.entries()) {
      must(run === other[i], `run ${i} is ${other[i]} the second time`, `as before: ${run}`);
    }
  });

  const refused: readonly [string, EvaluateChanges][] = [
    ['an evaluation without seeds', { settings: { seeds: [] } }],
    ['an ansatz that is none', { qnn: { ansatz: 'none-of-them' } }],
  ];
  for (const [what, changes] of refused) {
    list.refusal(`${what}: INVALID_ARGUMENT`, () =>
      mustRefuseEvaluation(simulator, changes, deadlineMs, status.INVALID_ARGUMENT),
    );
  }
  for (const [limit, setting] of LIMITED) {
    list.refusal(`an evaluation above the limit "${limit}" is INVALID_ARGUMENT`, async () => {
      const most = (await capabilities()).limits.find(({ name }) => name === limit)?.maximum;
      if (most === undefined) throw new CheckSkipped(`the service advertises no limit "${limit}"`);
      await mustRefuseEvaluation(simulator, { qnn: { [setting]: most + 1 } }, deadlineMs, status.INVALID_ARGUMENT);
    });
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
    parts: async () => evaluateParts(),
    ask: (parts) =>
      simulator.evaluate(
        parts.map((part) => ({ part })),
        { deadlineMs },
      ),
  });
  return [...list.checks, ...streams];
}

const perPoint = { shape: [HELD_OUT.count], finite: true };

/** Limits, and the settings that they limit. */
const LIMITED = [
  ['qubits', 'qubits'],
  ['layers', 'layers'],
  ['steps', 'steps'],
  ['batch_size', 'batchSize'],
] as const;

function requireRuns(runs: readonly QnnRun[], arms: readonly QnnArm[]): void {
  const wanted = arms.flatMap((arm) => SEEDS.map((seed) => nameOf({ arm, seed }))).sort();
  const given = runs.map(nameOf).sort();
  must(given.join('; ') === wanted.join('; '), `the runs are ${given.join('; ')}`, wanted.join('; '));
}

function withoutTime(run: QnnRun): string {
  return JSON.stringify({ ...run, seconds: 0 });
}
