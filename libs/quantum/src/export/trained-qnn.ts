import type { Circuit } from '../circuit.ts';
import { validateCircuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { type Observable, validateObservable } from '../observables/observable.ts';

/** A QNN with its trained parameters: output k of a row of features is `outputScale · ⟨O_k⟩` at x = (features − mean)/scale. */
export interface TrainedQnn {
  readonly circuit: Circuit;
  readonly observables: readonly Observable[];
  /** θ, one for each of the circuit's parameters. */
  readonly parameters: ArrayLike<number>;
  /**
   * Standardization of features to the circuit's inputs: one mean and one scale per input. Absent: the inputs are the
   * features.
   */
  readonly inputScaling?: { readonly mean: ArrayLike<number>; readonly scale: ArrayLike<number> };
  /** Default 1. */
  readonly outputScale?: number;
  /** One-line title of the program. Default `A trained QNN`. */
  readonly title?: string;
}

/** Throws CircuitError unless the circuit, the observables and the numbers fit together and are finite. */
export function validateTrainedQnn(qnn: TrainedQnn): void {
  const { circuit, observables, parameters, inputScaling, outputScale = 1 } = qnn;
  validateCircuit(circuit);
  if (observables.length === 0) throw new CircuitError('export: no observables; at least one is right');
  observables.forEach((observable, k) => {
    validateObservable(observable, circuit.qubits, `export: observable ${k}`);
  });
  checkNumbers('parameters', parameters, circuit.parameters.length);
  checkNumbers('outputScale', [outputScale], 1);
  if (!inputScaling) return;
  checkNumbers('inputScaling.mean', inputScaling.mean, circuit.inputs);
  checkNumbers('inputScaling.scale', inputScaling.scale, circuit.inputs);
  if (Array.from(inputScaling.scale).includes(0)) throw new CircuitError('export: inputScaling.scale has a 0');
}

function checkNumbers(what: string, values: ArrayLike<number>, count: number): void {
  if (values.length !== count)
    throw new CircuitError(`export: ${what} has ${values.length} numbers; ${count} are right`);
  const at = Array.from(values).findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new CircuitError(`export: ${what}[${at}] is ${values[at]}; a finite number is right`);
}
