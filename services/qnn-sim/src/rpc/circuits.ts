import type { CircuitNoise as WireNoise } from '@qloom/contracts/gen/qloom/episode/v1/circuit_noise.ts';
import type {
  CircuitSettings,
  ExpectationRequest,
  GradientRequest,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Tensor } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { CircuitSize, ObservablesCheck } from '@qloom/qnn/checks/check.ts';
import { checks } from '@qloom/qnn/checks/check-thread.ts';
import type { Precision } from '@qloom/qnn/engine/engine.ts';
import { type GradientMethod, type Measurement, measurementProblems } from '@qloom/qnn/measurement/measurement.ts';
import { buildCircuit, type CircuitSource } from '@qloom/qnn/model/circuit-source.ts';
import { noiseFromFields, readOptions } from '@qloom/qnn/model/qnn-fields.ts';
import { ANSATZ_NAMES, ANSATZ_TABLE, type AnsatzName } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { checkQubits } from '@qloom/quantum/circuit.ts';
import { ENCODING_NAMES, ENCODINGS, type EncodingName } from '@qloom/quantum/encodings/encoding-table.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { decodeTensor, wireTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import type { ExecuteJob } from '../domain/jobs.ts';
import { MAX_FEATURES } from './capabilities.ts';

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

/** The source of a circuit, and its sizes. */
interface DecodedCircuit {
  readonly source: CircuitSource;
  readonly circuit: CircuitSize;
}

/**
 * Decodes a circuit's source and sizes. Rejects with the errors for INVALID_ARGUMENT before anything is allocated, and
 * with the signal's reason once it has aborted. A program is parsed on its own thread.
 */
export async function decodeCircuit(wire: CircuitSettings | undefined, signal: AbortSignal): Promise<DecodedCircuit> {
  if (!wire) return refuse('circuit', 'is not set; right would be the settings of a circuit');
  if (wire.qasm !== '') return decodeProgram(wire, signal);
  const { qubits, layers, inputs } = wire;
  checkQubits(qubits);
  if (layers < 1 || layers > 64) refuse('circuit.layers', `is ${layers}; right would be 1 to 64`);
  if (inputs > MAX_FEATURES) refuse('circuit.inputs', `is ${inputs}; right would be at most ${MAX_FEATURES}`);
  const ansatz = nameOf<AnsatzName>('circuit.ansatz', wire.ansatz, ANSATZ_NAMES);
  const byDefault = inputs === 0 || ANSATZ_TABLE[ansatz].encodesInputs ? 'none' : 'angle';
  const encoding = nameOf<EncodingName>('circuit.encoding', wire.encoding || byDefault, ENCODING_NAMES);
  const source: CircuitSource = {
    qubits,
    layers,
    ansatz,
    ansatzOptions: readOptions(ANSATZ_TABLE[ansatz].options, wire.ansatzOptions),
    inputs,
    encoding,
    encodingOptions: readOptions(ENCODINGS[encoding].options, wire.encodingOptions),
  };
  const { parameters, ...circuit } = buildCircuit(source);
  return { source, circuit: { qubits, inputs: circuit.inputs, parameters: parameters.length } };
}

async function decodeProgram({ qasm, ...rest }: CircuitSettings, signal: AbortSignal): Promise<DecodedCircuit> {
  for (const [field, value] of Object.entries(rest)) {
    const isEmpty = typeof value === 'object' ? Object.keys(value).length === 0 : value === 0 || value === '';
    if (!isEmpty) refuse(`circuit.${snakeCase(field)}`, 'is given together with qasm; right would be one of the two');
  }
  const read = await checks.run({ kind: 'program', qasm }, signal);
  return 'value' in read ? { source: { qasm }, circuit: read.value } : refuse('circuit.qasm', read.refusal);
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

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

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

/** Converts float32 or float64 to float64. */
export function decodeNumbers(
  tensor: Tensor | undefined,
  shape: readonly (number | null)[],
  field: string,
): Float64Array {
  const { dtype } = wireTensor(tensor, field);
  const expected = { shape, finite: true, field };
  if (dtype === 'float32') return Float64Array.from(decodeTensor(tensor, { ...expected, dtype }));
  return decodeTensor(tensor, { ...expected, dtype: 'float64' }).slice();
}

/** Checks that a name is one of these. */
export function nameOf<T extends string>(field: string, name: string, names: readonly T[]): T {
  const known = names.find((one) => one === name);
  return known ?? refuse(field, `is ${quoted(name, "'")}; right would be ${names.join(', ')}`);
}

/** Throws an error that becomes INVALID_ARGUMENT. */
export function refuse(field: string, description: string): never {
  throw new ValidationError([{ field, description }]);
}
