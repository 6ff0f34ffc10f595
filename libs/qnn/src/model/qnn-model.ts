import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type Observable, pauli } from '@qloom/quantum/observable.ts';
import type { Random } from '@qloom/random/random.ts';
import { buildAnsatz } from './ansatz-circuit.ts';
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

/** Builds the classifier for points with `features` columns. Throws QnnSettingsError when it cannot tell the classes. */
export function createQnnModel(settings: QnnSettings, features: number, classes: number): QnnModel {
  if (classes < 2) throw new QnnSettingsError(`classes: ${classes}; a classifier needs at least 2`);
  if (features < 1) throw new QnnSettingsError(`features: ${features}; at least 1 is right`);
  const { qubits, layers, ansatz } = settings;
  const circuit = buildAnsatz({ qubits, layers, ansatz, inputs: features });
  return { circuit, observables: classObservables(qubits, classes), classes };
}

/**
 * The readout of each class: ⟨Z⟩ of the first qubits, and where there are more classes than qubits, ⟨ZZ⟩ of pairs (0, 1),
 * (0, 2), (1, 2), …. So n qubits tell up to n(n + 1)/2 classes. Throws QnnSettingsError above that.
 */
export function classObservables(qubits: number, classes: number): Observable[] {
  const observables = Array.from({ length: qubits }, (_, q) => pauli('Z', [q]));
  for (let b = 1; b < qubits; b++) for (let a = 0; a < b; a++) observables.push(pauli('ZZ', [a, b]));
  if (classes > observables.length) {
    throw new QnnSettingsError(
      `qnn.qubits: ${qubits} qubits tell at most ${observables.length} classes, and the data has ${classes}`,
    );
  }
  return observables.slice(0, classes);
}

/** Initial parameters: θ uniform in [−π, π), weights ω normal around 0 with a standard deviation of 0.3. */
export function initialParameters(circuit: Circuit, random: Random): Float64Array {
  return Float64Array.from(circuit.parameters, (kind) =>
    kind === 'weight' ? WEIGHT_DEVIATION * random.normal() : Math.PI * (2 * random.uniform() - 1),
  );
}
