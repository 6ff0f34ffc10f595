import { ANSATZ_TABLE, type AnsatzDefinition } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { type Circuit, MAX_QUBITS } from '@qloom/quantum/circuit.ts';
import { ENCODINGS, type EncodingName } from '@qloom/quantum/encodings/encoding-table.ts';
import { type Observable, pauli } from '@qloom/quantum/observables/observable.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import type { Random } from '@qloom/random/random.ts';
import type { LossName } from '../training/loss.ts';
import { QnnSettingsError } from './create-qnn-settings.ts';
import { circuitFromQasm } from './qasm-circuit.ts';
import { encodingOf } from './qnn-problems.ts';
import type { QnnSettings } from './qnn-settings.ts';

/** A QNN classifier: class c's logit is scale·⟨O_c⟩, and the prediction is the class with the largest logit. */
export interface QnnModel {
  readonly circuit: Circuit;
  /** One for each class. */
  readonly observables: readonly Observable[];
  readonly classes: number;
}

/**
 * Logit = scale·⟨O⟩, fixed. Cross-entropy: 3, so that probabilities reach 0.95 with three classes; a trainable scale grew to
 * 7 and overfitted (held-out loss .26 instead of .18 on 40 points of ANNNI). Squared error: 1, its targets are ±1.
 */
export const logitScale = (loss: LossName): number => (loss === 'mse' ? 1 : 3);

/**
 * Standard deviation of initial weights ω. With small weights, training starts from a smooth function of the inputs:
 * weights near 1 reduced accuracy by two percentage points on 40 points of ANNNI and by more than ten on hidden
 * manifolds.
 */
const WEIGHT_DEVIATION = 0.3;

/** Properties of the data that determine a classifier. */
export interface DataShape {
  readonly features: number;
  readonly classes: number;
}

/**
 * Builds the classifier for points with `features` columns. Throws QnnSettingsError when the circuit does not take this
 * number of features or cannot distinguish the classes; `qnnDataProblems` of data-fit.ts reports the same problems
 * without building all layers.
 */
export function createQnnModel(settings: QnnSettings, features: number, classes: number): QnnModel {
  const circuit = circuitFor(settings, features);
  return { circuit, observables: readoutFor(settings, circuit.qubits, classes), classes };
}

function circuitFor(settings: QnnSettings, features: number): Circuit {
  const { qubits, layers, ansatz, ansatzOptions, encoding, encodingOptions, qasm } = settings;
  const program = qasm === undefined ? undefined : circuitFromQasm(qasm);
  requireTakes(settings, features, program);
  return (
    program ?? buildQnnCircuit({ qubits, layers, ansatz, ansatzOptions, encoding, encodingOptions, inputs: features })
  );
}

/**
 * Throws QnnSettingsError unless the circuit of valid settings takes this number of features; `program` is that of
 * `qasm`. Settings that pass can be built.
 */
export function requireTakes(
  { qubits, ansatz, encoding }: QnnSettings,
  features: number,
  program: Circuit | undefined,
): void {
  if (features < 1) throw refused('features', `${features}; at least 1 is right`);
  if (program !== undefined) {
    if (program.inputs === features) return;
    const right = features === 1 ? 'x0 alone' : `inputs x0 to x${features - 1}`;
    throw refused(
      'qasm',
      `the circuit takes ${program.inputs} features, and the data has ${features}; right would be ${right}`,
    );
  }
  const name = encodingOf({ ansatz, encoding });
  if (features > ENCODINGS[name].maxInputs(qubits)) throw refused('encoding', tooManyFeatures(name, qubits, features));
}

function tooManyFeatures(name: EncodingName, qubits: number, features: number): string {
  const takes = (n: number) => ENCODINGS[name].maxInputs(n);
  const enough = Array.from({ length: MAX_QUBITS }, (_, i) => i + 1).find((n) => takes(n) >= features);
  const right = [
    ...(enough === undefined ? [] : [`at least ${enough} qubits`]),
    "the encoding 'angle', which takes any number",
  ].join(', or ');
  const takesNow = `'${name}' on ${countOf(qubits, 'qubit')} takes at most ${countOf(takes(qubits), 'feature')}`;
  return `${takesNow}, and the data has ${features}; right would be ${right}`;
}

const countOf = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

/**
 * The observables of the settings, or the default ones on the qubits that are read after the ansatz. Throws
 * QnnSettingsError.
 */
export function readoutFor(settings: QnnSettings, qubits: number, classes: number): Observable[] {
  if (classes < 2) throw refused('classes', `${classes}; a classifier needs at least 2`);
  const { observables, ansatz, layers, qasm } = settings;
  if (observables !== undefined && observables.length > 0) {
    if (observables.length === classes) return observables.map((text) => parseObservable(text, qubits));
    throw refused(
      'observables',
      `${observables.length} of them, and the data has ${classes} classes; one for each is right`,
    );
  }
  const { readout }: AnsatzDefinition = ANSATZ_TABLE[ansatz];
  const read = qasm === undefined ? readout(qubits, layers) : Array.from({ length: qubits }, (_, qubit) => qubit);
  const all = classObservables(read);
  if (classes <= all.length) return all.slice(0, classes);
  const { length } = read;
  const who = length < qubits ? `the ${length} of ${qubits} qubits that '${ansatz}' leaves` : countOf(length, 'qubit');
  throw refused(
    qasm === undefined ? 'qubits' : 'qasm',
    `${who} tell${length === 1 ? 's' : ''} at most ${all.length} classes, and the data has ${classes}; right would be ` +
      `at least ${qubitsFor(classes)}, or observables, one for each class`,
  );
}

/**
 * The smallest number of qubits n whose n(n + 1)/2 observables distinguish this number of classes, which is above two.
 */
const qubitsFor = (classes: number) => Math.ceil((Math.sqrt(8 * classes + 1) - 1) / 2);

/**
 * The readout of each class: ⟨Z⟩ of the given qubits and, for more classes, ⟨ZZ⟩ of pairs (0, 1), (0, 2), (1, 2), … of
 * them. Hence n qubits distinguish up to n(n + 1)/2 classes; one qubit distinguishes two, by Z and −Z.
 */
function classObservables(readout: readonly number[]): Observable[] {
  const observables = readout.map((qubit) => pauli('Z', [qubit]));
  for (let b = 1; b < readout.length; b++) {
    for (let a = 0; a < b; a++) observables.push(pauli('ZZ', [readout[a], readout[b]]));
  }
  if (readout.length === 1) observables.push(pauli('Z', [readout[0]], -1));
  return observables;
}

const refused = (field: string, message: string) => new QnnSettingsError([{ field, message }]);

/** Initial parameters: θ uniform in [−π, π), weights ω normal around 0 with a standard deviation of 0.3. */
export function initialParameters(circuit: Circuit, random: Random): Float64Array {
  return Float64Array.from(circuit.parameters, (kind) =>
    kind === 'weight' ? WEIGHT_DEVIATION * random.normal() : Math.PI * (2 * random.uniform() - 1),
  );
}
