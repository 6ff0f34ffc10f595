import type { MeasureRequest, MeasureResponse } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { decodeCircuit, decodeNumbers, refuse } from '@qloom/study-rpc/codec/circuits.ts';
import { encodeTensor, wireTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import { needsDensity, type Outcomes, type OutcomesJob } from '../domain/outcomes.ts';
import { decodeMeasurement, decodePrecision } from './circuits.ts';

/** Maximum number of values of a response: 1 MiB of float64, 1 MiB of int32. */
const MAX_PROBABILITIES = 131_072;
const MAX_SAMPLES = 262_144;

/**
 * The job of a request. Rejects with the errors for INVALID_ARGUMENT before anything is allocated, and with the
 * signal's reason once it has aborted.
 */
export async function decodeMeasure(
  request: MeasureRequest,
  engines: EngineChoice,
  signal: AbortSignal,
): Promise<OutcomesJob> {
  const { source, circuit } = await decodeCircuit(request.circuit, signal);
  const rows = wireTensor(request.inputs, 'inputs').shape[0];
  const inputs = decodeNumbers(request.inputs, [null, circuit.inputs], 'inputs');
  const all = Array.from({ length: circuit.qubits }, (_, qubit) => qubit);
  const qubits = request.qubits.length === 0 ? all : request.qubits;
  qubits.forEach((qubit, j) => {
    if (qubit >= circuit.qubits) refuse(`qubits[${j}]`, `is ${qubit}; right would be 0 to ${circuit.qubits - 1}`);
    if (qubits.indexOf(qubit) !== j) refuse(`qubits[${j}]`, `is ${qubit} for the second time; right would be once`);
  });
  if (rows < 1) refuse('inputs', 'have no row; right would be at least one, even where the circuit has no inputs');
  const outcomes = rows * 2 ** qubits.length;
  if (outcomes > MAX_PROBABILITIES) {
    const right = `right would be at most ${MAX_PROBABILITIES} in all: fewer rows, or fewer of the qubits`;
    refuse('qubits', `${rows} rows times 2^${qubits.length} outcomes are ${outcomes} probabilities; ${right}`);
  }
  if (rows * request.shots > MAX_SAMPLES) {
    refuse('shots', `${rows} rows times ${request.shots} are too many; right would be at most ${MAX_SAMPLES} in all`);
  }
  // All results are exact, so that noise after gates requires a density matrix.
  const { noise = {} } = decodeMeasurement({ shots: 0, noise: request.noise }, circuit.qubits, 'parameter-shift');
  const precision = decodePrecision(request.precision);
  return {
    kind: 'outcomes',
    engine: engines.resolve(request.engine, precision),
    precision,
    circuit: source,
    parameters: decodeNumbers(request.parameters, [circuit.parameters], 'parameters'),
    inputs,
    rows,
    qubits,
    shots: request.shots,
    noise,
    seed: request.seed,
  };
}

/** The response of a job. */
export function encodeOutcomes(job: OutcomesJob, { probabilities, samples }: Outcomes): MeasureResponse {
  const { rows, shots, qubits, engine, noise } = job;
  return {
    probabilities: encodeTensor(probabilities, [rows, 2 ** qubits.length]),
    samples: shots === 0 ? undefined : encodeTensor(samples, [rows, shots]),
    engine: needsDensity(noise) ? 'density-matrix' : engine,
  };
}
