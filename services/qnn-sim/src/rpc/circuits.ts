import type { CircuitNoise as WireNoise } from '@qloom/contracts/gen/qloom/episode/v1/circuit_noise.ts';
import type { ExpectationRequest, GradientRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { ObservablesCheck } from '@qloom/qnn/checks/check.ts';
import { checks } from '@qloom/qnn/checks/check-thread.ts';
import type { Precision } from '@qloom/qnn/engine/engine.ts';
import { type GradientMethod, type Measurement, measurementProblems } from '@qloom/qnn/measurement/measurement.ts';
import { noiseFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { decodeCircuit, decodeNumbers, nameOf, refuse } from '@qloom/study-rpc/codec/circuits.ts';
import { wireTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import type { ExecuteJob } from '../domain/jobs.ts';

/** Maximum number of expectations of a response: 1 MiB of float64. */
const MAX_VALUES = 131_072;

/**
 * The job of an expectation request, or, with the fields of a gradient, of a gradient request. Rejects with the errors
 * for INVALID_ARGUMENT, and with the signal's reason once it has aborted.
 */
export async function decodeExecution(
  request: ExpectationRequest | undefined,
  engines: EngineChoice,
  signal: AbortSignal,
  gradient?: Pick<GradientRequest, 'weights' | 'method'>,
): Promise<ExecuteJob> {
  const { source, circuit } = await decodeCircuit(request?.circuit, signal);
  if (!request) return refuse('expectation', 'is not set');
  if (request.observables.length === 0) refuse('observables', "is empty; right would be at least one, such as 'Z0'");
  const observables = await decodeObservables(request.observables, circuit.qubits, 'observables', signal);
  const inputs = decodeNumbers(request.inputs, [null, circuit.inputs], 'inputs');
  const rows = wireTensor(request.inputs, 'inputs').shape[0];
  if (rows < 1 || rows * observables.length > MAX_VALUES) {
    const most = Math.floor(MAX_VALUES / observables.length);
    refuse('inputs', `are ${rows} rows; right would be 1 to ${most} for ${observables.length} observables`);
  }
  const precision = decodePrecision(request.precision);
  const measurement = decodeMeasurement(request, circuit.qubits, gradient?.method);
  return {
    kind: 'execute',
    engine: engines.resolve(request.engine, precision),
    precision,
    circuit: source,
    observables,
    measurement,
    seed: request.seed,
    parameters: decodeNumbers(request.parameters, [circuit.parameters], 'parameters'),
    inputs,
    rows,
    cotangents: gradient ? decodeNumbers(gradient.weights, [rows, observables.length], 'weights') : null,
  };
}

/** Parses observables; long texts on a thread. Rejects like {@link decodeCircuit}. */
export async function decodeObservables(
  texts: ObservablesCheck['texts'],
  qubits: number,
  field: string,
  signal: AbortSignal,
): Promise<readonly Observable[]> {
  const read = await checks.run({ kind: 'observables', texts, qubits }, signal);
  return 'value' in read ? read.value : refuse(field, read.refusal);
}

/**
 * Shots, noise and the gradient's method. Throws the errors for INVALID_ARGUMENT if one is wrong or they cannot be
 * combined.
 */
export function decodeMeasurement(
  { shots, noise }: { readonly shots: number; readonly noise?: WireNoise | undefined },
  qubits: number,
  method = '',
): Measurement {
  const measurement = {
    ...(shots > 0 ? { shots } : {}),
    ...(noise ? { noise: noiseFromFields(noise) } : {}),
    ...(method === '' ? {} : { gradient: nameOf<GradientMethod>('method', method, ['adjoint', 'parameter-shift']) }),
  };
  const problems = measurementProblems(measurement, qubits);
  if (problems.length > 0) {
    throw new ValidationError(
      problems.map(({ field, message }) => ({ field: field === 'gradient' ? 'method' : field, description: message })),
    );
  }
  return measurement;
}

/** A precision, or undefined if none is requested. */
export function decodePrecision(text: string): Precision | undefined {
  return text === '' ? undefined : nameOf<Precision>('precision', text, ['float32', 'float64']);
}
