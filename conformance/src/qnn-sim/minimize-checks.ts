import { status } from '@grpc/grpc-js';
import {
  type MinimizeProgress,
  MinimizeRequest,
  type MinimizeResult,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { type Check, listChecks, must } from '../check.ts';
import { receivedTensor } from '../shared/received.ts';
import { mustRefuse } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import type { QnnSimulator } from './circuit-requests.ts';
import { ENTANGLED, PRODUCT, withPrograms } from './programs.ts';

/** −Z0 Z1 − X0/2 − X1/2 of the entangled program is −cos α − sin ζ sin α/2 − sin α/2, lowest at ζ = π/2 and α = π/4. */
const HAMILTONIAN = '-1*Z0 Z1 - 0.5*X0 - 0.5*X1';
const LOWEST = -Math.SQRT2;
/** Minimizations are in float64: far above its rounding. */
const CLOSE = 1e-8;
/** Steps between two messages of progress. */
const PROGRESS = 10;
/** Settings with which no run ends before its last step. */
const ADAM = { optimizer: 'adam', restarts: 3, steps: 25, gradientTolerance: 1e-300, learningRate: 0.01 };
/**
 * Furthest that a step of Adam moves a parameter, in learning rates, and that two steps do: a step is m̂/√v̂, which is 1 for the first gradient
 * and at most (1 − β₁)/√(1 − β₂) = 3.2.
 */
const FURTHEST = 3.2;

/** What a minimization of the checks may change. */
export type MinimizeChanges = Partial<MinimizeRequest>;

/** A minimization over the entangled program. */
function minimizeRequest(changes: MinimizeChanges = {}): MinimizeRequest {
  return { ...MinimizeRequest.fromPartial({ hamiltonian: HAMILTONIAN, seed: 5 }), circuit: ENTANGLED, ...changes };
}

/** What a minimization answered. */
interface Minimized {
  readonly progress: readonly MinimizeProgress[];
  readonly result: MinimizeResult;
  readonly parameters: Float64Array;
}

/** Minimizes. Fails unless the last message, and only that, is a result. */
export async function minimize(
  simulator: QnnSimulator,
  changes: MinimizeChanges,
  deadlineMs: number,
): Promise<Minimized> {
  const progress: MinimizeProgress[] = [];
  const results: MinimizeResult[] = [];
  const read = async () => {
    for await (const { part } of simulator.minimize(minimizeRequest(changes), { deadlineMs })) {
      must(part !== undefined, 'a message has no part', 'progress or a result');
      must(results.length === 0, `${part.$case} comes after the result`, 'a result as the last message');
      if (part.$case === 'progress') progress.push(part.value);
      else results.push(part.value);
    }
  };
  await withPrograms(read(), 'Minimize');
  const [result] = results;
  must(result !== undefined, 'the stream has no result', 'a result as the last message');
  must(result.engine !== '', 'the engine is empty', 'the engine that ran it');
  const parameters = receivedTensor(result.parameters, {
    dtype: 'float64',
    shape: [2],
    finite: true,
    field: 'result.parameters',
  });
  return { progress, result, parameters };
}

/** Checks of Minimize. */
export function minimizeChecks(simulator: QnnSimulator, { deadlineMs }: SuiteOptions): readonly Check[] {
  const list = listChecks('qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Minimize');
  const ask = (changes: MinimizeChanges = {}) => minimize(simulator, changes, deadlineMs);
  const adam = (changes: MinimizeChanges = {}) => ask({ ...ADAM, ...changes });

  list.promise('a minimization ends with one result, which is the lowest energy', async () => {
    const { result } = await ask();
    const near = Math.abs(result.energy - LOWEST) <= CLOSE;
    must(near, `the lowest energy of ${HAMILTONIAN} is ${result.energy}`, `${LOWEST} within ${CLOSE}`);
    must(result.converged, 'the run has not converged', 'converged: it is at the minimum');
    must(result.evaluations >= 5, `${result.evaluations} gradients were computed in 5 runs`, 'at least one a run');
  });

  list.promise('energy and gradient norm of a result are those of its parameters', async () => {
    const { result, parameters } = await adam({ restarts: 2, steps: 3 });
    const [zeta, alpha] = parameters;
    const { sin, cos } = Math;
    const energy = -cos(alpha) - (sin(zeta) * sin(alpha)) / 2 - sin(alpha) / 2;
    const slopes = [-(cos(zeta) * sin(alpha)) / 2, sin(alpha) - (sin(zeta) * cos(alpha)) / 2 - cos(alpha) / 2];
    const norm = Math.max(...slopes.map(Math.abs));
    must(
      Math.abs(result.energy - energy) <= CLOSE,
      `the energy is ${result.energy}`,
      `${energy}, that of its parameters`,
    );
    must(
      Math.abs(result.gradientNorm - norm) <= CLOSE,
      `the gradient norm is ${result.gradientNorm}`,
      `${norm}, that of its parameters`,
    );
  });

  list.promise('a result has converged where its gradient norm is below the tolerance, and nowhere else', async () => {
    for (const changes of [ADAM, { ...ADAM, gradientTolerance: 10 }, { gradientTolerance: 0.2 }]) {
      const { result } = await ask(changes);
      const below = result.gradientNorm < changes.gradientTolerance;
      must(
        result.converged === below,
        `converged is ${result.converged} at the gradient norm ${result.gradientNorm}`,
        `${below}: the tolerance is ${changes.gradientTolerance}`,
      );
    }
  });

  list.promise('progress comes every 10 steps, within the runs and steps that were asked for', async () => {
    const { progress } = await adam();
    for (const { restart, step } of progress) {
      const what = `progress of step ${step} of run ${restart}`;
      must(restart < ADAM.restarts, what, `one of the runs 0 to ${ADAM.restarts - 1}`);
      must(step > 0 && step <= ADAM.steps && step % PROGRESS === 0, what, `a multiple of 10, at most ${ADAM.steps}`);
    }
  });

  list.promise('a result is no worse than the progress of any run', async () => {
    const { progress, result } = await adam({ steps: 20, learningRate: 0.05 });
    // The last step of each run, which is what the run found.
    for (const { restart, energy } of progress.filter(({ step }) => step === 20)) {
      must(
        result.energy <= energy + CLOSE,
        `the result is ${result.energy}, above ${energy} of run ${restart}`,
        'the best of all runs',
      );
    }
  });

  list.promise(
    'a run of Adam does as many steps as were asked for, at the learning rate that was asked for',
    async () => {
      const moved = async (from: MinimizeChanges, to: MinimizeChanges) => {
        const [one, other] = [await adam({ restarts: 1, ...from }), await adam({ restarts: 1, ...to })];
        return Math.max(...one.parameters.map((value, i) => Math.abs(value - other.parameters[i])));
      };
      const step = await moved({ steps: 1 }, { steps: 2 });
      must(step > 0, 'two steps lead where one does', 'a step further');
      must(
        step <= FURTHEST * ADAM.learningRate,
        `the second step of Adam is ${step} long`,
        `at most ${FURTHEST * ADAM.learningRate}`,
      );
      // The first step is one learning rate long where the gradient is not 0.
      const rates = await moved({ steps: 1, learningRate: 0.01 }, { steps: 1, learningRate: 0.03 });
      must(Math.abs(rates - 0.02) <= 1e-4, `first steps at 0.01 and 0.03 end ${rates} apart`, '0.02');
    },
  );

  const refuse = (what: string, change: MinimizeChanges) =>
    list.refusal(`${what} is INVALID_ARGUMENT`, async () => {
      await ask({ steps: 1, restarts: 1 });
      const call = (async () => {
        for await (const _ of simulator.minimize(minimizeRequest({ steps: 1, restarts: 1, ...change }), {
          deadlineMs,
        }));
      })();
      await mustRefuse(call, status.INVALID_ARGUMENT);
    });
  refuse('a minimization over a circuit with inputs', { circuit: PRODUCT });
  refuse('a minimization of what is no Hamiltonian', { hamiltonian: 'E = mc²' });
  refuse('a minimization by an optimizer that is none', { optimizer: 'none-of-them' });
  refuse('a minimization with 101 runs', { restarts: 101 });
  refuse('a minimization with 100,001 steps', { steps: 100_001 });
  refuse('a minimization at a learning rate of 2', { learningRate: 2 });
  return list.checks;
}
