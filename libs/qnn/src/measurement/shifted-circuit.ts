import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { addAngleGradient } from '@qloom/quantum/gates/angle.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { createRandom } from '@qloom/random/random.ts';
import { type CircuitBatch, type CompiledCircuit, checkBatch, givenCotangents } from '../engine/engine.ts';
import { sampleStrings, toPauliStrings } from './pauli-strings.ts';
import { type ShiftCircuit, toShiftCircuit } from './shift-circuit.ts';

/** Expectations of Pauli strings for many parameter vectors on the same inputs, shape [sets, rows, strings]. */
export type StringSource = (batch: CircuitBatch) => Promise<Float64Array>;

/** Settings of {@link compileShifted}. */
export interface ShiftedOptions {
  readonly observables: readonly Observable[];
  /** Executes the shift circuit and returns the strings' expectations. */
  open(shift: ShiftCircuit, strings: readonly Observable[]): Promise<StringSource>;
  /** Probability of a wrong readout of a qubit; it shrinks a string by 1 − 2p for each of its letters. */
  readonly readoutError: number;
  /** Number of measurements of each string; 0: exact. */
  readonly shots: number;
  /** Seed of the shots. */
  readonly seed: string | number;
}

/** Number of shifted executions that are passed to the source at once. */
const CHUNK = 64;

/**
 * A circuit that is differentiated by parameter shift. Expectations for cotangents and for derivatives are from
 * independent measurements, so that gradients of losses up to second degree are unbiased. The result is a function of
 * the seed, the parameters and a row's position: the same batch gives the same bits.
 */
export async function compileShifted(circuit: Circuit, options: ShiftedOptions): Promise<CompiledCircuit> {
  const { observables, readoutError, shots, seed } = options;
  const shift = toShiftCircuit(circuit);
  const { strings, weights, combine } = toPauliStrings(observables);
  const kept = weights.map((letters) => (1 - 2 * readoutError) ** letters);
  const source = await options.open(shift, strings);
  const own = circuit.parameters.length;
  const wide = shift.circuit.parameters.length;
  const observed = observables.length;

  /** Observables of several executions of one parameter vector, shape [executions, rows, observables]. */
  const execute = async (parameters: Float64Array, count: number, inputs: Float64Array, rows: number, what: string) => {
    const values = await source({ sets: count, parameters, rows, inputs, sharedInputs: true });
    const out = new Float64Array(count * rows * observed);
    const key = shots > 0 ? `${seed}/${parameters.subarray(0, own).join()}/${what}` : '';
    for (let i = 0; i < count * rows; i++) {
      const row = values.subarray(i * strings.length, (i + 1) * strings.length).map((value, k) => kept[k] * value);
      if (shots > 0) sampleStrings(row, shots, createRandom(`${key}/${i}`));
      combine(row, out.subarray(i * observed, (i + 1) * observed));
    }
    return out;
  };

  const inputsOf = ({ inputs, rows, sharedInputs }: CircuitBatch, set: number) => {
    const size = rows * circuit.inputs;
    return sharedInputs ? inputs : inputs.subarray(set * size, (set + 1) * size);
  };
  const plain = (batch: CircuitBatch, set: number): Float64Array => {
    const vector = new Float64Array(wide);
    vector.set(batch.parameters.subarray(set * own, (set + 1) * own));
    return vector;
  };

  const forward = async (batch: CircuitBatch): Promise<Float64Array> => {
    checkBatch(batch, circuit);
    const size = batch.rows * observed;
    const out = new Float64Array(batch.sets * size);
    for (let set = 0; set < batch.sets; set++) {
      out.set(await execute(plain(batch, set), 1, inputsOf(batch, set), batch.rows, 'values'), set * size);
    }
    return out;
  };

  const shifts = shift.angles.flatMap((angle) =>
    angle.rule.flatMap(({ shift: by, weight }) => [
      { angle, by, weight },
      { angle, by: -by, weight: -weight },
    ]),
  );

  const compiled: CompiledCircuit = {
    circuit,
    observables,
    forward,
    async probabilities() {
      throw new CircuitError('probabilities: a circuit for parameter shift has none; compile it without');
    },
    async adjoint(batch, cotangents, want) {
      checkBatch(batch, circuit, cotangents, observed);
      return compiled.differentiate(batch, givenCotangents(batch, cotangents, observed), want);
    },
    async differentiate(batch, cotangentsOf, want = {}) {
      const { sets, rows } = batch;
      if (want.inputs && circuit.preparation) {
        throw new CircuitError(
          "gradient: amplitudes have no parameter shift here; 'adjoint' gives the gradient with respect to inputs",
        );
      }
      const expectations = await forward(batch);
      const parameters = new Float64Array(sets * own);
      const inputs = new Float64Array(sets * rows * circuit.inputs);
      const cotangents = new Float64Array(sets * rows * observed);
      for (let i = 0; i < sets * rows; i++) {
        const slice = [i * observed, (i + 1) * observed] as const;
        cotangentsOf(Math.floor(i / rows), i % rows, expectations.subarray(...slice), cotangents.subarray(...slice));
      }
      for (let set = 0; set < sets; set++) {
        const base = plain(batch, set);
        const theta = base.subarray(0, own);
        const given = inputsOf(batch, set);
        for (let from = 0; from < shifts.length; from += CHUNK) {
          const part = shifts.slice(from, from + CHUNK);
          const vectors = new Float64Array(part.length * wide);
          part.forEach(({ angle, by }, i) => {
            vectors.set(base, i * wide);
            vectors[i * wide + angle.parameter] = by;
          });
          const values = await execute(vectors, part.length, given, rows, `slopes ${from}`);
          part.forEach(({ angle, weight }, i) => {
            for (let row = 0; row < rows; row++) {
              let slope = 0;
              for (let k = 0; k < observed; k++) {
                slope += cotangents[(set * rows + row) * observed + k] * values[(i * rows + row) * observed + k];
              }
              addAngleGradient(
                angle.angle,
                weight * slope,
                theta,
                given.subarray(row * circuit.inputs, (row + 1) * circuit.inputs),
                parameters.subarray(set * own, (set + 1) * own),
                inputs.subarray((set * rows + row) * circuit.inputs, (set * rows + row + 1) * circuit.inputs),
              );
            }
          });
        }
      }
      return { expectations, parameters, inputs: want.inputs ? inputs : new Float64Array(0) };
    },
  };
  return compiled;
}
