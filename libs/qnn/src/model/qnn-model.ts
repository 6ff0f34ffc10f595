import { ANSATZ_TABLE, type AnsatzDefinition } from '@qloom/quantum/ansatz-table.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { type Observable, pauli } from '@qloom/quantum/observable.ts';
import { parseObservable } from '@qloom/quantum/observable-text.ts';
import { OpenQasmError } from '@qloom/quantum/qasm/errors.ts';
import type { Random } from '@qloom/random/random.ts';
import { buildCircuit } from './circuit-source.ts';
import { type LossName, type QnnSettings, QnnSettingsError } from './qnn-settings.ts';

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
 * Standard deviation of initial weights ω. Small ones begin with a smooth function of the inputs: weights near 1 cost two
 * points of accuracy on 40 points of ANNNI and more than ten on hidden manifolds.
 */
const WEIGHT_DEVIATION = 0.3;

/**
 * Builds the classifier for points with `features` columns. Throws QnnSettingsError when the circuit does not take them or
 * cannot tell the classes.
 */
export function createQnnModel(settings: QnnSettings, features: number, classes: number): QnnModel {
  if (classes < 2) throw new QnnSettingsError(`classes: ${classes}; a classifier needs at least 2`);
  if (features < 1) throw new QnnSettingsError(`features: ${features}; at least 1 is right`);
  const circuit = circuitFor(settings, features);
  return { circuit, observables: readoutOf(settings, circuit.qubits, classes), classes };
}

function circuitFor(settings: QnnSettings, inputs: number): Circuit {
  const { qubits, layers, ansatz, ansatzOptions, encoding, encodingOptions, qasm } = settings;
  try {
    if (qasm === undefined) {
      return buildCircuit({ qubits, layers, ansatz, ansatzOptions, encoding, encodingOptions, inputs });
    }
    const circuit = buildCircuit({ qasm });
    if (circuit.inputs === inputs) return circuit;
    throw new CircuitError(`the circuit takes ${circuit.inputs} features, and the data have ${inputs}`);
  } catch (error) {
    if (!(error instanceof CircuitError || error instanceof OpenQasmError)) throw error;
    throw new QnnSettingsError(`qnn.${qasm === undefined ? '' : 'qasm: '}${error.message}`, { cause: error });
  }
}

/** The observables that settings give, or the default ones of the qubits that the ansatz leaves to be read. */
function readoutOf(settings: QnnSettings, qubits: number, classes: number): Observable[] {
  const { observables, ansatz, layers, qasm } = settings;
  if (observables === undefined || observables.length === 0) {
    const { readout }: AnsatzDefinition = ANSATZ_TABLE[ansatz];
    const all = Array.from({ length: qubits }, (_, qubit) => qubit);
    return classObservables(qasm === undefined ? readout(qubits, layers) : all, classes);
  }
  if (observables.length !== classes) {
    throw new QnnSettingsError(
      `qnn.observables: ${observables.length} of them, and the data has ${classes} classes; one for each is right`,
    );
  }
  return observables.map((text, index) => {
    try {
      return parseObservable(text, qubits);
    } catch (error) {
      throw new QnnSettingsError(`qnn.observables[${index}]: ${(error as Error).message}`, { cause: error });
    }
  });
}

/**
 * The readout of each class: ⟨Z⟩ of the given qubits, and where there are more classes, ⟨ZZ⟩ of pairs (0, 1), (0, 2), (1, 2),
 * … of them. So n qubits tell up to n(n + 1)/2 classes; one qubit alone tells two, by Z and −Z. Throws QnnSettingsError above
 * that.
 */
export function classObservables(readout: readonly number[], classes: number): Observable[] {
  const observables = readout.map((qubit) => pauli('Z', [qubit]));
  for (let b = 1; b < readout.length; b++) {
    for (let a = 0; a < b; a++) observables.push(pauli('ZZ', [readout[a], readout[b]]));
  }
  if (readout.length === 1) observables.push(pauli('Z', [readout[0]], -1));
  if (classes > observables.length) {
    const most = `${readout.length} qubits tell at most ${observables.length} classes`;
    throw new QnnSettingsError(`qnn.qubits: ${most}, and the data has ${classes}`);
  }
  return observables.slice(0, classes);
}

/** Initial parameters: θ uniform in [−π, π), weights ω normal around 0 with a standard deviation of 0.3. */
export function initialParameters(circuit: Circuit, random: Random): Float64Array {
  return Float64Array.from(circuit.parameters, (kind) =>
    kind === 'weight' ? WEIGHT_DEVIATION * random.normal() : Math.PI * (2 * random.uniform() - 1),
  );
}
