import type { CompiledCircuit, Precision } from '@qloom/qnn/engine/engine.ts';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { type CircuitNoise, measurementRoute } from '@qloom/qnn/measurement/measurement.ts';
import { gateNoise, readoutOf } from '@qloom/qnn/measurement/noise-models.ts';
import { buildCircuit, type CircuitSource } from '@qloom/qnn/model/circuit-source.ts';
import { densityProbabilities, runNoisyCircuit } from '@qloom/quantum/noise/density-matrix.ts';
import { readProbabilities } from '@qloom/quantum/noise/readout-error.ts';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';

/** Measures qubits in the computational basis. */
export interface OutcomesJob {
  readonly kind: 'outcomes';
  /** An engine's name, not `auto`. */
  readonly engine: string;
  /** Absent: the engine's default. */
  readonly precision?: Precision;
  readonly circuit: CircuitSource;
  readonly parameters: Float64Array;
  /** Shape [rows, inputs]. */
  readonly inputs: Float64Array;
  readonly rows: number;
  /** Bit j of an outcome is the j-th of them. */
  readonly qubits: readonly number[];
  /** 0: none. */
  readonly shots: number;
  readonly noise: CircuitNoise;
  readonly seed: number;
}

/** Result of a measurement. */
export interface Outcomes {
  /** Shape [rows, 2^measured]. */
  readonly probabilities: Float64Array;
  /** Shape [rows, shots]. */
  readonly samples: Int32Array;
}

/** Compiles a circuit, or returns it from the cache. */
export type CompiledFor = (key: unknown, compile: () => Promise<CompiledCircuit>) => Promise<CompiledCircuit>;

/** Maximum total number of amplitudes of the rows that are executed together. */
const CHUNK_AMPLITUDES = 2 ** 20;

/** Whether noise after gates requires a density matrix, which no engine computes. */
export const needsDensity = (noise: CircuitNoise): boolean =>
  measurementRoute({ noise, gradient: 'parameter-shift' }) === 'density';

/** Runs the job. The samples of a row are a function of the seed and the row's position. */
export async function observeOutcomes(job: OutcomesJob, compiledFor: CompiledFor): Promise<Outcomes> {
  const { rows, qubits, shots, seed } = job;
  const size = 2 ** qubits.length;
  const probabilities = new Float64Array(rows * size);
  const samples = new Int32Array(rows * shots);
  const random = createRandom(seed);
  for await (const { row, distribution } of distributions(job, compiledFor)) {
    const out = probabilities.subarray(row * size, (row + 1) * size);
    distribution.forEach((probability, k) => {
      out[qubits.reduce((outcome, qubit, j) => outcome | (((k >> qubit) & 1) << j), 0)] += probability;
    });
    draw(out, samples.subarray(row * shots, (row + 1) * shots), random.fork(row));
  }
  return { probabilities, samples };
}

/** The distribution over all qubits with readout errors, row by row. */
async function* distributions(
  job: OutcomesJob,
  compiledFor: CompiledFor,
): AsyncGenerator<{ readonly row: number; readonly distribution: Float64Array }> {
  const { engine, precision, rows, parameters, inputs, noise } = job;
  const readout = readoutOf(noise);
  const circuit = buildCircuit(job.circuit);
  const width = circuit.inputs;
  if (needsDensity(noise)) {
    const model = { ...gateNoise(noise), readout };
    for (let row = 0; row < rows; row++) {
      const rho = runNoisyCircuit(circuit, model, parameters, inputs.subarray(row * width, (row + 1) * width));
      yield { row, distribution: densityProbabilities(rho, model) };
    }
    return;
  }
  const compiled = await compiledFor([engine, precision, job.circuit, 'outcomes'], async () =>
    // An unused observable, because engines compile circuits with at least one.
    (await createEngine(engine, { precision })).compile(circuit, [pauli('Z', [0])]),
  );
  const size = 2 ** circuit.qubits;
  const chunk = Math.max(1, Math.floor(CHUNK_AMPLITUDES / size));
  for (let from = 0; from < rows; from += chunk) {
    const count = Math.min(chunk, rows - from);
    const given = inputs.subarray(from * width, (from + count) * width);
    const all = await compiled.probabilities({ sets: 1, parameters, rows: count, inputs: given });
    for (let i = 0; i < count; i++) {
      yield { row: from + i, distribution: readProbabilities(all.slice(i * size, (i + 1) * size), readout) };
    }
  }
}

function draw(probabilities: Float64Array, samples: Int32Array, random: Random): void {
  const cumulative = probabilities.slice();
  for (let k = 1; k < cumulative.length; k++) cumulative[k] += cumulative[k - 1];
  const total = cumulative[cumulative.length - 1];
  for (let shot = 0; shot < samples.length; shot++) {
    const value = random.uniform() * total;
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > value) high = middle;
      else low = middle + 1;
    }
    samples[shot] = low;
  }
}
