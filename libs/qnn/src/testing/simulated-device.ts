import type { Circuit } from '@qloom/quantum/circuit.ts';
import { densityProbabilities, runNoisyCircuit } from '@qloom/quantum/noise/density-matrix.ts';
import type { NoiseModel } from '@qloom/quantum/noise/noise-model.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { DeviceExecutor, DeviceRun, DeviceTask } from '../hardware/device.ts';

/**
 * A device of the density matrix, whose counts are a function of the run. `runs` collects what was executed. Distributions are kept, so that
 * many repetitions of a run cost little.
 */
export function createSimulatedDevice(model: NoiseModel = { rules: [] }): {
  readonly execute: DeviceExecutor;
  readonly runs: DeviceRun[];
} {
  const runs: DeviceRun[] = [];
  const kept = new Map<Circuit, Map<string, Float64Array>>();
  const distributionOf = ({ circuit, parameters, inputs }: DeviceTask, row: number): Float64Array => {
    const [wide, width] = [circuit.parameters.length, circuit.inputs];
    const angles = parameters.subarray(row * wide, (row + 1) * wide);
    const features = inputs.subarray(row * width, (row + 1) * width);
    const ofCircuit = kept.get(circuit) ?? new Map<string, Float64Array>();
    kept.set(circuit, ofCircuit);
    const key = `${angles.join()}/${features.join()}`;
    const known = ofCircuit.get(key) ?? densityProbabilities(runNoisyCircuit(circuit, model, angles, features), model);
    ofCircuit.set(key, known);
    return known;
  };
  return {
    runs,
    async execute(run) {
      runs.push(run);
      const random = createRandom(run.seed);
      return run.tasks.map((task, t) =>
        Array.from({ length: task.rows }, (_, row) =>
          sampleRow(task, distributionOf(task, row), random.fork(`${t}/${row}`)),
        ),
      );
    },
  };
}

function sampleRow({ qubits, shots }: DeviceTask, probabilities: Float64Array, random: Random): Map<number, number> {
  const counts = new Map<number, number>();
  for (let shot = 0; shot < shots; shot++) {
    let left = random.uniform();
    let state = 0;
    while (state < probabilities.length - 1 && left >= probabilities[state]) left -= probabilities[state++];
    const outcome = qubits.reduce((sum, qubit, j) => sum | (((state >> qubit) & 1) << j), 0);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}
