import type { MinimizeRequest, MinimizeResponse } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import {
  DEFAULT_MINIMIZE,
  type EnergyProgress,
  type LowestEnergy,
  OPTIMIZERS,
} from '@qloom/qnn/vqe/minimize-energy.ts';
import { decodeCircuit, nameOf, refuse } from '@qloom/study-rpc/codec/circuits.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import type { JobPool } from '../domain/jobs.ts';
import type { MinimizeJob } from '../domain/minimization.ts';
import { decodeObservables } from './circuits.ts';

/**
 * The job of a request. Rejects with the errors for INVALID_ARGUMENT, and with the signal's reason once it has aborted.
 */
export async function decodeMinimize(
  request: MinimizeRequest,
  engines: EngineChoice,
  signal: AbortSignal,
): Promise<MinimizeJob> {
  const { source, circuit } = await decodeCircuit(request.circuit, signal);
  if (circuit.inputs > 0)
    refuse('circuit.inputs', `are ${circuit.inputs}; right would be 0: nothing says their values`);
  if (request.hamiltonian === '') refuse('hamiltonian', "is empty; right would be a sum such as '-1*Z0 Z1 - 0.5*X0'");
  const { restarts, steps, gradientTolerance, learningRate } = request;
  if (restarts > 100) refuse('restarts', `is ${restarts}; right would be 1 to 100`);
  if (steps > 100_000) refuse('steps', `is ${steps}; right would be 1 to 100000`);
  if (!(gradientTolerance >= 0)) refuse('gradient_tolerance', `is ${gradientTolerance}; right would be above 0`);
  if (!(learningRate >= 0 && learningRate <= 1)) {
    refuse('learning_rate', `is ${learningRate}; right would be above 0 and at most 1`);
  }
  const [hamiltonian] = await decodeObservables([request.hamiltonian], circuit.qubits, 'hamiltonian', signal);
  return {
    kind: 'minimize',
    engine: engines.resolve(request.engine, 'float64'),
    circuit: source,
    hamiltonian,
    settings: {
      optimizer: nameOf('optimizer', request.optimizer || DEFAULT_MINIMIZE.optimizer, OPTIMIZERS),
      restarts: restarts || DEFAULT_MINIMIZE.restarts,
      steps: steps || DEFAULT_MINIMIZE.steps,
      gradientTolerance: gradientTolerance || DEFAULT_MINIMIZE.gradientTolerance,
      learningRate: learningRate || DEFAULT_MINIMIZE.learningRate,
    },
    seed: request.seed,
  };
}

/**
 * Runs the job in the pool. Yields progress as it is reported (only the newest if the client is slow), then the result.
 */
export async function* streamMinimization(
  pool: JobPool,
  job: MinimizeJob,
  signal: AbortSignal,
): AsyncGenerator<MinimizeResponse> {
  let newest: EnergyProgress | undefined;
  let wake = () => {};
  let ended = false;
  const running = pool.run(job, signal, (at) => {
    newest = at;
    wake();
  });
  const end = () => {
    ended = true;
    wake();
  };
  running.then(end, end);
  while (!ended) {
    if (newest === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    const value = newest;
    newest = undefined;
    yield { part: { $case: 'progress', value } };
  }
  yield { part: { $case: 'result', value: encodeResult(await running, job.engine) } };
}

function encodeResult({ parameters, ...rest }: LowestEnergy, engine: string) {
  return { ...rest, parameters: encodeTensor(parameters), engine };
}
