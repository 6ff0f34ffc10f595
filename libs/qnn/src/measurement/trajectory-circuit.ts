import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import type { NoiseModel } from '@qloom/quantum/noise/noise-model.ts';
import { compileTrajectories } from '@qloom/quantum/noise/trajectories.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { createRandom } from '@qloom/random/random.ts';
import { type CircuitBatch, type CompiledCircuit, checkBatch, type Engine, givenCotangents } from '../engine/engine.ts';

/** Settings of {@link compileTrajectoryCircuit}. */
export interface TrajectoryOptions {
  /** Pauli noise. */
  readonly model: NoiseModel;
  /** Observables with readout errors included in their coefficients. */
  readonly observables: readonly Observable[];
  /** Number of trajectories per expectation. */
  readonly trajectories: number;
  readonly seed: string | number;
}

/**
 * A circuit under Pauli noise: every row is executed with `trajectories` draws of the errors, all in one batch of the
 * engine, and averaged. Cotangents and gradients use different trajectories, so that gradients of losses up to second
 * degree are unbiased. The draws are a function of the seed, the parameters and a row's position.
 */
export async function compileTrajectoryCircuit(
  engine: Engine,
  circuit: Circuit,
  { model, observables, trajectories, seed }: TrajectoryOptions,
): Promise<CompiledCircuit> {
  const noisy = compileTrajectories(circuit, model);
  const inner = await engine.compile(noisy.circuit, observables);
  const own = circuit.parameters.length;
  const observed = observables.length;

  /** The batch with every row repeated, and with errors drawn. */
  const strike = (batch: CircuitBatch, what: string): CircuitBatch => {
    const { sets, rows, parameters } = batch;
    const width = noisy.circuit.inputs;
    const inputs = new Float64Array(sets * rows * trajectories * width);
    for (let set = 0; set < sets; set++) {
      const key = `${seed}/${parameters.subarray(set * own, (set + 1) * own).join()}/${what}`;
      for (let row = 0; row < rows; row++) {
        const from = (batch.sharedInputs ? row : set * rows + row) * circuit.inputs;
        const given = batch.inputs.subarray(from, from + circuit.inputs);
        const random = createRandom(`${key}/${row}`);
        for (let t = 0; t < trajectories; t++) {
          const at = ((set * rows + row) * trajectories + t) * width;
          inputs.set(given, at);
          noisy.draw(random, inputs, at + circuit.inputs);
        }
      }
    }
    return { sets, parameters, rows: rows * trajectories, inputs };
  };

  const forward = async (batch: CircuitBatch): Promise<Float64Array> => {
    checkBatch(batch, circuit);
    const totals = summed(await inner.forward(strike(batch, 'values')), trajectories, observed, observed);
    return totals.map((total) => total / trajectories);
  };

  const compiled: CompiledCircuit = {
    circuit,
    observables,
    forward,
    async probabilities() {
      throw new CircuitError('probabilities: a circuit for trajectories has none; compile it without noise');
    },
    async adjoint(batch, cotangents, want) {
      checkBatch(batch, circuit, cotangents, observed);
      return compiled.differentiate(batch, givenCotangents(batch, cotangents, observed), want);
    },
    async differentiate(batch, cotangentsOf, want = {}) {
      const { sets, rows } = batch;
      const expectations = await forward(batch);
      const cotangents = new Float64Array(sets * rows * trajectories * observed);
      const ofRow = new Float64Array(observed);
      for (let i = 0; i < sets * rows; i++) {
        const values = expectations.subarray(i * observed, (i + 1) * observed);
        cotangentsOf(Math.floor(i / rows), i % rows, values, ofRow);
        for (let t = 0; t < trajectories; t++) {
          for (let k = 0; k < observed; k++)
            cotangents[(i * trajectories + t) * observed + k] = ofRow[k] / trajectories;
        }
      }
      const gradient = await inner.adjoint(strike(batch, 'slopes'), cotangents, want);
      const inputs = summed(gradient.inputs, trajectories, noisy.circuit.inputs, circuit.inputs);
      return { expectations, parameters: gradient.parameters, inputs };
    },
  };
  return compiled;
}

/** Sums over groups of `count` rows of `width` columns, of which the first `kept` are kept. */
function summed(values: Float64Array, count: number, width: number, kept: number): Float64Array {
  const groups = width === 0 ? 0 : values.length / (count * width);
  const out = new Float64Array(groups * kept);
  for (let group = 0; group < groups; group++) {
    for (let member = 0; member < count; member++) {
      for (let k = 0; k < kept; k++) out[group * kept + k] += values[(group * count + member) * width + k];
    }
  }
  return out;
}
