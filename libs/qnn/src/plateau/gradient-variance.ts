import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Engine } from '../engine/engine.ts';

/** Settings of {@link gradientVariance}. */
export interface VarianceTask {
  readonly engine: Engine;
  /** With parameters and without inputs. */
  readonly circuit: Circuit;
  readonly observable: Observable;
  /** Number of random parameter vectors, each angle uniform over a turn; at least 2. */
  readonly samples: number;
  readonly random: Random;
}

/** Spread of the partial derivatives ∂⟨O⟩/∂θ over random parameters. */
export interface GradientVariance {
  /** Variance of ∂⟨O⟩/∂θ₀ around its mean, 0. */
  readonly first: number;
  /** Variance of each derivative, the mean over all parameters. */
  readonly mean: number;
}

/** Number of parameter vectors that are executed as one batch: 2^qubits amplitudes each. */
const BATCH_AMPLITUDES = 2 ** 20;

/**
 * Samples Var[∂⟨O⟩/∂θ] over uniformly random angles; if it decreases exponentially with the number of qubits, training
 * has a barren plateau (McClean et al., arXiv:1803.11173). The mean of a derivative with respect to an angle is 0,
 * since ⟨O⟩ is periodic in it. Throws CircuitError if the circuit has inputs or no parameters.
 */
export async function gradientVariance(task: VarianceTask): Promise<GradientVariance> {
  const { engine, circuit, observable, samples, random } = task;
  const count = circuit.parameters.length;
  if (circuit.inputs > 0) throw new CircuitError(`circuit: has ${circuit.inputs} inputs; one without any is right`);
  if (count === 0) throw new CircuitError('circuit: has no parameters; at least one is right');
  if (samples < 2) throw new CircuitError(`samples: ${samples}; at least 2 are right`);
  const compiled = await engine.compile(circuit, [observable]);
  const most = Math.max(1, Math.floor(BATCH_AMPLITUDES / 2 ** circuit.qubits));
  let first = 0;
  let all = 0;
  for (let done = 0; done < samples; done += most) {
    const sets = Math.min(most, samples - done);
    const parameters = Float64Array.from({ length: sets * count }, () => Math.PI * (2 * random.uniform() - 1));
    const batch = { sets, parameters, rows: 1, inputs: new Float64Array(0) };
    const gradients = await compiled.adjoint(batch, new Float64Array(sets).fill(1));
    gradients.parameters.forEach((slope, i) => {
      if (i % count === 0) first += slope ** 2;
      all += slope ** 2;
    });
  }
  return { first: first / samples, mean: all / (samples * count) };
}

/** The factor by which a quantity changes with each further qubit: least squares of its logarithm. Needs two points. */
export function factorPerQubit(points: readonly { readonly qubits: number; readonly value: number }[]): number {
  const meanOf = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const logs = points.map(({ value }) => Math.log(value));
  const qubits = meanOf(points.map((point) => point.qubits));
  const log = meanOf(logs);
  const covariance = points.reduce((total, point, i) => total + (point.qubits - qubits) * (logs[i] - log), 0);
  return Math.exp(covariance / points.reduce((total, point) => total + (point.qubits - qubits) ** 2, 0));
}
