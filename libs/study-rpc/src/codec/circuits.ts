import type { CircuitSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Tensor } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { CircuitSize } from '@qloom/qnn/checks/check.ts';
import { checks } from '@qloom/qnn/checks/check-thread.ts';
import { buildCircuit, type CircuitSource } from '@qloom/qnn/model/circuit-source.ts';
import { readOptions } from '@qloom/qnn/model/qnn-fields.ts';
import { ANSATZ_NAMES, ANSATZ_TABLE, type AnsatzName } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { checkQubits } from '@qloom/quantum/circuit.ts';
import { ENCODING_NAMES, ENCODINGS, type EncodingName } from '@qloom/quantum/encodings/encoding-table.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { decodeTensor, wireTensor } from './tensors.ts';

/** Maximum number of inputs of a circuit. */
export const MAX_INPUTS = 1024;

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
  if (inputs > MAX_INPUTS) refuse('circuit.inputs', `is ${inputs}; right would be at most ${MAX_INPUTS}`);
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

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

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
