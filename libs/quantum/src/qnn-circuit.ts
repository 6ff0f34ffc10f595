import { quoted } from '@qloom/tensor/quoted.ts';
import { ANSATZ_NAMES, ANSATZ_TABLE, type AnsatzDefinition, type AnsatzName } from './ansatz/ansatz-table.ts';
import { type Circuit, type CircuitBuilder, checkQubits, createCircuitBuilder } from './circuit.ts';
import { type OptionValue, resolveOptions } from './circuit-options.ts';
import { ENCODING_NAMES, ENCODINGS, type EncodingDefinition, type EncodingName } from './encodings/encoding-table.ts';
import { CircuitSettingError } from './errors.ts';

/** Settings of {@link buildQnnCircuit}. Plain JSON, as in study files. */
export interface QnnCircuitSettings {
  readonly ansatz: AnsatzName;
  readonly qubits: number;
  readonly layers: number;
  /** Number of inputs x_j (features). Default 0. */
  readonly inputs?: number;
  /** Default: `none` without inputs or if the ansatz encodes them itself, else `angle`. */
  readonly encoding?: EncodingName;
  readonly encodingOptions?: Readonly<Record<string, OptionValue>>;
  readonly ansatzOptions?: Readonly<Record<string, OptionValue>>;
}

/**
 * The circuit of an encoding and an ansatz from the two tables: the initial gates of the ansatz, then for each layer
 * the encoding (in the first layer; with `reupload` in every layer) and the layer, then the final gates of the ansatz.
 * Parameters are in the order of the gates. Throws CircuitError, which names the setting or option, its value and the
 * allowed values; for a setting it is a CircuitSettingError.
 */
export function buildQnnCircuit(settings: QnnCircuitSettings): Circuit {
  const { qubits, layers, inputs = 0 } = settings;
  checkQubits(qubits);
  const ansatz = lookUp<AnsatzDefinition>('ansatz', ANSATZ_TABLE, ANSATZ_NAMES, settings.ansatz);
  const byDefault: EncodingName = inputs === 0 || ansatz.encodesInputs ? 'none' : 'angle';
  const encodingName = settings.encoding ?? byDefault;
  const encoding = lookUp<EncodingDefinition>('encoding', ENCODINGS, ENCODING_NAMES, encodingName);
  checkSizes(settings, ansatz, encodingName, encoding);
  const encodingOptions = resolveOptions(encoding.options, settings.encodingOptions ?? {}, `encoding.${encodingName}`);
  const ansatzOptions = resolveOptions(ansatz.options, settings.ansatzOptions ?? {}, `ansatz.${settings.ansatz}`);
  const builder = createCircuitBuilder({ qubits, inputs, preparation: encoding.preparation?.(inputs) });
  ansatz.begin?.(builder, ansatzOptions);
  for (let layer = 0; layer < layers; layer++) {
    const again = encodingOptions.reupload === true && ansatz.reuploads;
    if (layer === 0 || again) encoding.encode(builder, encodingOptions);
    ansatz.layer(builder, layer, ansatzOptions);
  }
  ansatz.end?.(builder, ansatzOptions);
  return builder.build();
}

/**
 * The number of parameters of an ansatz with one layer and without inputs. No gate is created, so the cost does not
 * depend on the size of the circuit. Throws the errors of {@link buildQnnCircuit}.
 */
export function countParameters({
  ansatz: name,
  qubits,
  ansatzOptions = {},
}: Pick<QnnCircuitSettings, 'ansatz' | 'qubits' | 'ansatzOptions'>): number {
  checkQubits(qubits);
  const ansatz = lookUp<AnsatzDefinition>('ansatz', ANSATZ_TABLE, ANSATZ_NAMES, name);
  checkSizes({ ansatz: name, qubits, layers: 1 }, ansatz, 'none', ENCODINGS.none);
  const options = resolveOptions(ansatz.options, ansatzOptions, `ansatz.${name}`);
  let count = 0;
  const counter: CircuitBuilder = {
    qubits,
    inputs: 0,
    parameter: () => count++,
    gate: () => counter,
    append: () => counter,
    build: () => ({ qubits, inputs: 0, parameters: new Array<'angle'>(count).fill('angle'), gates: [] }),
  };
  ansatz.begin?.(counter, options);
  ansatz.layer(counter, 0, options);
  ansatz.end?.(counter, options);
  return count;
}

function lookUp<T>(kind: string, table: Readonly<Record<string, T>>, names: readonly string[], name: string): T {
  if (!Object.hasOwn(table, name)) {
    const all = names.map((known) => `'${known}'`).join(', ');
    throw new CircuitSettingError(kind, `${quoted(name, "'")} is none of ${all}`);
  }
  return table[name];
}

function checkSizes(
  { ansatz: name, qubits, layers, inputs = 0 }: QnnCircuitSettings,
  ansatz: AnsatzDefinition,
  encodingName: string,
  encoding: EncodingDefinition,
): void {
  if (qubits < ansatz.minQubits) {
    throw new CircuitSettingError('qubits', `${qubits}; the ansatz '${name}' needs at least ${ansatz.minQubits}`);
  }
  const mostLayers = ansatz.maxLayers(qubits);
  if (!Number.isInteger(layers) || layers < 1 || layers > mostLayers) {
    throw new CircuitSettingError(
      'layers',
      `${layers}; the ansatz '${name}' on ${qubits} qubits takes an integer from 1 to ${mostLayers}`,
    );
  }
  if (!Number.isInteger(inputs) || inputs < 0)
    throw new CircuitSettingError('inputs', `${inputs} is not an integer above 0`);
  if (inputs > encoding.maxInputs(qubits)) {
    throw new CircuitSettingError(
      'inputs',
      `${inputs}; the encoding '${encodingName}' on ${qubits} qubits takes at most ${encoding.maxInputs(qubits)}`,
    );
  }
  if (encodingName === 'none' && inputs > 0 && !ansatz.encodesInputs) {
    throw new CircuitSettingError(
      'encoding',
      `'none' leaves ${inputs} inputs unused with the ansatz '${name}'; 'angle' is right`,
    );
  }
  if (encodingName !== 'none' && inputs === 0) {
    throw new CircuitSettingError('inputs', `0; the encoding '${encodingName}' needs at least 1`);
  }
}
