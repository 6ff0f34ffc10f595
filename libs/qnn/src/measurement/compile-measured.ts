import type { Circuit } from '@qloom/quantum/circuit.ts';
import { densityExpectation, runNoisyCircuit } from '@qloom/quantum/noise/density-matrix.ts';
import type { NoiseModel } from '@qloom/quantum/noise/noise-model.ts';
import { readObservable } from '@qloom/quantum/noise/readout-error.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { CompiledCircuit, Engine } from '../engine/engine.ts';
import { DEFAULT_TRAJECTORIES, type Measurement, measurementRoute } from './measurement.ts';
import { gateNoise, readoutOf } from './noise-models.ts';
import type { ShiftCircuit } from './shift-circuit.ts';
import { compileShifted, type StringSource } from './shifted-circuit.ts';
import { compileTrajectoryCircuit } from './trajectory-circuit.ts';

/**
 * A circuit whose expectations are estimated by the method of `measurement`, with the interface of a circuit compiled
 * by an engine. Shots and trajectories are functions of `seed`, the parameters and a row's position. Throws the errors
 * of Engine.compile.
 */
export async function compileMeasured(
  engine: Engine,
  circuit: Circuit,
  observables: readonly Observable[],
  measurement: Measurement,
  seed: string | number = 0,
): Promise<CompiledCircuit> {
  const { shots = 0, noise = {} } = measurement;
  const { readoutError = 0, trajectories = DEFAULT_TRAJECTORIES } = noise;
  const read = readoutError > 0 ? observables.map((one) => readObservable(one, readoutOf(noise))) : observables;
  switch (measurementRoute(measurement)) {
    case 'engine':
      return engine.compile(circuit, read);
    case 'trajectories':
      return compileTrajectoryCircuit(engine, circuit, {
        model: gateNoise(noise),
        observables: read,
        trajectories,
        seed,
      });
    case 'shifts':
      return compileShifted(circuit, {
        observables,
        open: (shift, strings) => engineSource(engine, shift, strings),
        readoutError,
        shots,
        seed,
      });
    case 'density':
      return compileShifted(circuit, {
        observables,
        open: async (shift, strings) => densitySource(shift, strings, gateNoise(noise)),
        readoutError,
        shots,
        seed,
      });
  }
}

async function engineSource(
  engine: Engine,
  { circuit }: ShiftCircuit,
  strings: readonly Observable[],
): Promise<StringSource> {
  const compiled = await engine.compile(circuit, strings);
  return (batch) => compiled.forward(batch);
}

/** Expectations of strings from density matrices, one execution after another. */
function densitySource({ circuit }: ShiftCircuit, strings: readonly Observable[], model: NoiseModel): StringSource {
  const { inputs: width } = circuit;
  const wide = circuit.parameters.length;
  return async ({ sets, rows, parameters, inputs }) => {
    const out = new Float64Array(sets * rows * strings.length);
    for (let i = 0; i < sets * rows; i++) {
      const [set, row] = [Math.floor(i / rows), i % rows];
      const rho = runNoisyCircuit(
        circuit,
        model,
        parameters.subarray(set * wide, (set + 1) * wide),
        inputs.subarray(row * width, (row + 1) * width),
      );
      strings.forEach((string, k) => {
        out[i * strings.length + k] = densityExpectation(rho, string);
      });
    }
    return out;
  };
}
