import type { Circuit } from '@qloom/quantum/circuit.ts';
import { densityProbabilities, runNoisyCircuit } from '@qloom/quantum/noise/density-matrix.ts';
import { readProbabilities } from '@qloom/quantum/noise/readout-error.ts';
import { sampleTrajectory } from '@qloom/quantum/noise/trajectories.ts';
import { probabilities, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Execution, OutcomeCounts } from '../backend/backend.ts';
import { type DeviceNoise, deviceNoise } from './device-noise.ts';

/** A job of a simulated backend. */
export interface SimulationTask {
  readonly executions: readonly Execution[];
  /** Absent: none. */
  readonly noise?: DeviceNoise;
  /** Circuits with more qubits than a density matrix can hold run this many trajectories, which share the shots. */
  readonly trajectories: number;
  readonly seed: number;
}

/** Largest number of qubits that noise is simulated for exactly. */
const MOST_DENSITY_QUBITS = 8;

/**
 * Counts of each execution. They are a function of the seed and of the position of the execution. Throws CircuitError for
 * a circuit that cannot be run.
 */
export function simulate({ executions, noise, trajectories, seed }: SimulationTask): OutcomeCounts[] {
  const random = createRandom(seed);
  return executions.map((execution, position) => measure(execution, noise, trajectories, random.fork(position)));
}

function measure(
  execution: Execution,
  noise: DeviceNoise | undefined,
  trajectories: number,
  random: Random,
): OutcomeCounts {
  const { circuit, parameters, inputs, qubits, shots } = execution;
  const counts = new Map<number, number>();
  if (noise === undefined) {
    draw(marginal(probabilities(runCircuit(circuit, parameters, inputs)), qubits), shots, random, counts);
  } else if (circuit.qubits <= MOST_DENSITY_QUBITS) {
    const model = deviceNoise(noise, circuit.qubits, 'exact');
    const rho = runNoisyCircuit(circuit, model, parameters, inputs);
    draw(marginal(densityProbabilities(rho, model), qubits), shots, random, counts);
  } else {
    const model = deviceNoise(noise, circuit.qubits, 'twirled');
    const runs = Math.min(trajectories, shots);
    for (let run = 0; run < runs; run++) {
      const sampled: Circuit = sampleTrajectory(circuit, model, random.fork(`trajectory ${run}`));
      const ideal = probabilities(runCircuit(sampled, parameters, inputs));
      const read = model.readout ? readProbabilities(ideal, model.readout) : ideal;
      // The shots are shared out as evenly as they can be.
      const share = Math.floor(((run + 1) * shots) / runs) - Math.floor((run * shots) / runs);
      draw(marginal(read, qubits), share, random.fork(`shots ${run}`), counts);
    }
  }
  return new Map([...counts].sort(([a], [b]) => a - b));
}

/** The distribution of the outcomes of `measured`: bit j of an outcome is the j-th of them. */
function marginal(distribution: Float64Array, measured: readonly number[]): Float64Array {
  const out = new Float64Array(2 ** measured.length);
  distribution.forEach((probability, state) => {
    out[measured.reduce((outcome, qubit, j) => outcome | (((state >> qubit) & 1) << j), 0)] += probability;
  });
  return out;
}

/** Draws shots and adds them to `counts`. */
function draw(distribution: Float64Array, shots: number, random: Random, counts: Map<number, number>): void {
  const cumulative = distribution.slice();
  for (let k = 1; k < cumulative.length; k++) cumulative[k] += cumulative[k - 1];
  const total = cumulative[cumulative.length - 1];
  for (let shot = 0; shot < shots; shot++) {
    const value = random.uniform() * total;
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > value) high = middle;
      else low = middle + 1;
    }
    counts.set(low, (counts.get(low) ?? 0) + 1);
  }
}
