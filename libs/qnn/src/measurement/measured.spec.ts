import { noisyExpectations, noisyGradient } from '@qloom/quantum/noise/density-matrix.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { CircuitBatch } from '../engine/engine.ts';
import { createWasmEngine } from '../engine/wasm/wasm-engine.ts';
import { createQnnSettings } from '../model/create-qnn-settings.ts';
import { createQnnModel } from '../model/qnn-model.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { trainQnns } from '../training/train.ts';
import { compileMeasured } from './compile-measured.ts';
import type { Measurement } from './measurement.ts';
import { gateNoise } from './noise-models.ts';

const engine = createWasmEngine({ precision: 'float64' });

/** A random circuit over every gate, as a batch of two parameter vectors on three rows each. */
function problem(seed: number, qubits = 3, gates = 14) {
  const { circuit, observables, parameters, inputs } = randomProblem(createRandom(seed), qubits, gates);
  const random = createRandom(seed + 1);
  const draw = (like: Float64Array, times: number) =>
    Float64Array.from({ length: like.length * times }, () => random.normal());
  const batch: CircuitBatch = { sets: 2, parameters: draw(parameters, 2), rows: 3, inputs: draw(inputs, 6) };
  const cotangents = Float64Array.from({ length: 6 * observables.length }, () => random.normal());
  return { circuit, observables, batch, cotangents };
}

const open = (p: ReturnType<typeof problem>, measurement: Measurement, seed = 1) =>
  compileMeasured(engine, p.circuit, p.observables, measurement, seed);

const close = (actual: Float64Array, wanted: Float64Array, digits: number) => {
  expect(actual).toHaveLength(wanted.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], digits);
  });
};

describe('parameter shift on an engine', () => {
  it.each([1, 2, 3, 4, 5])(
    'equals the adjoint gradient of random circuits, including inputs (seed %d)',
    async (seed) => {
      const p = problem(seed);
      const adjoint = await (await engine.compile(p.circuit, p.observables)).adjoint(p.batch, p.cotangents, {
        inputs: true,
      });
      const kept = {
        expectations: adjoint.expectations.slice(),
        parameters: adjoint.parameters.slice(),
        inputs: adjoint.inputs.slice(),
      };
      const shift = await (await open(p, { gradient: 'parameter-shift' })).adjoint(p.batch, p.cotangents, {
        inputs: true,
      });
      close(shift.expectations, kept.expectations, 11);
      close(shift.parameters, kept.parameters, 10);
      close(shift.inputs, kept.inputs, 10);
    },
  );
});

/** Means over seeds, and their standard errors. */
async function statistics(draws: number, draw: (seed: number) => Promise<Float64Array>) {
  const samples: Float64Array[] = [];
  for (let seed = 0; seed < draws; seed++) samples.push((await draw(seed)).slice());
  const mean = samples[0].map((_, i) => samples.reduce((sum, sample) => sum + sample[i], 0) / draws);
  const error = mean.map((m, i) =>
    Math.sqrt(samples.reduce((sum, sample) => sum + (sample[i] - m) ** 2, 0) / (draws - 1) / draws),
  );
  return { mean, error };
}

describe('shots', () => {
  const p = problem(7, 2, 8);

  it('give unbiased expectations and gradients of a squared error, and the same bits for the same seed', async () => {
    const target = 0.3;
    const squared = (_set: number, _row: number, values: Float64Array, out: Float64Array) => {
      values.forEach((value, k) => {
        out[k] = 2 * (value - target);
      });
    };
    const exact = await (await engine.compile(p.circuit, p.observables)).differentiate(p.batch, squared);
    const wanted = exact.parameters.slice();
    const draw = async (seed: number) =>
      (await (await open(p, { shots: 40 }, seed)).differentiate(p.batch, squared)).parameters;
    expect(await draw(5)).toEqual(await draw(5));
    const { mean, error } = await statistics(150, draw);
    mean.forEach((value, i) => {
      // Five standard errors; a biased estimate (the same samples for residual and derivative) deviates by many more.
      expect(Math.abs(value - wanted[i])).toBeLessThan(5 * error[i] + 1e-9);
    });
  });

  it('have readout errors: a string of w letters shrinks by (1 − 2p)^w', async () => {
    const exact = (
      await (await engine.compile(p.circuit, [{ terms: [{ coefficient: 1, paulis: 'ZZ' }] }])).forward(p.batch)
    ).slice();
    const zz: Observable[] = [{ terms: [{ coefficient: 1, paulis: 'ZZ' }] }];
    const compiled = await compileMeasured(engine, p.circuit, zz, { shots: 100_000, noise: { readoutError: 0.1 } });
    (await compiled.forward(p.batch)).forEach((value, i) => {
      expect(Math.abs(value - 0.64 * exact[i])).toBeLessThan(5 / Math.sqrt(100_000));
    });
  });
});

describe('noise', () => {
  const p = problem(11, 2, 8);
  const rowOf = (i: number) => {
    const { parameters, inputs } = p.batch;
    const own = p.circuit.parameters.length;
    const set = Math.floor(i / 3);
    return [
      parameters.subarray(set * own, (set + 1) * own),
      inputs.subarray(i * p.circuit.inputs, (i + 1) * p.circuit.inputs),
    ] as const;
  };

  it('is exact with a density matrix, with gradients by parameter shift', async () => {
    const noise = { depolarizing: 0.05, amplitudeDamping: 0.1 };
    const gradient = await (await open(p, { noise })).adjoint(p.batch, p.cotangents, { inputs: true });
    const observed = p.observables.length;
    const total = new Float64Array(gradient.parameters.length);
    for (let i = 0; i < 6; i++) {
      const weights = p.cotangents.subarray(i * observed, (i + 1) * observed);
      const one = noisyGradient(p.circuit, gateNoise(noise), p.observables, weights, ...rowOf(i));
      close(gradient.inputs.subarray(i * p.circuit.inputs, (i + 1) * p.circuit.inputs), one.inputs, 10);
      one.parameters.forEach((value, k) => {
        total[Math.floor(i / 3) * p.circuit.parameters.length + k] += value;
      });
    }
    close(gradient.parameters, total, 10);
  });

  it('is unbiased with trajectories, for expectations and adjoint gradients', async () => {
    const noise = { depolarizing: 0.1, trajectories: 4 };
    const exact = Float64Array.from({ length: 6 }, (_, i) => i).map(
      (i) => noisyExpectations(p.circuit, gateNoise(noise), p.observables, ...rowOf(i))[0],
    );
    const values = await statistics(100, async (seed) => {
      const all = await (await open(p, { noise }, seed)).forward(p.batch);
      return all.filter((_, i) => i % p.observables.length === 0);
    });
    values.mean.forEach((value, i) => {
      expect(Math.abs(value - exact[i])).toBeLessThan(5 * values.error[i] + 1e-9);
    });
    const wanted = (
      await (await open(p, { noise, gradient: 'parameter-shift' })).adjoint(p.batch, p.cotangents, { inputs: true })
    ).inputs;
    const slopes = await statistics(
      100,
      async (seed) => (await (await open(p, { noise }, seed)).adjoint(p.batch, p.cotangents, { inputs: true })).inputs,
    );
    slopes.mean.forEach((value, i) => {
      expect(Math.abs(value - wanted[i])).toBeLessThan(5 * slopes.error[i] + 1e-9);
    });
  });
});

describe('a QNN with shots and noise', () => {
  const count = 24;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const angles = Float64Array.from({ length: 2 * count }, (_, i) => (labels[i >> 1] ? 1 : -1) + 0.1 * Math.sin(i));
  const points = { count, angles, labels };
  const task = { label: 'seed 1', seed: 1, training: points, heldOut: points };

  it.each<Partial<QnnSettings>>([
    { shots: 200 },
    { noise: { depolarizing: 0.01, readoutError: 0.02 } },
    { noise: { amplitudeDamping: 0.02 }, steps: 8, learningRate: 0.3 },
  ])('learns separable data: %j', async (given) => {
    const settings = createQnnSettings({
      qubits: 2,
      layers: 1,
      steps: 25,
      learningRate: 0.1,
      batchSize: 8,
      loss: 'mse',
      ...given,
    });
    const { circuit, observables } = createQnnModel(settings, 2, 2);
    const train = async () =>
      (await trainQnns(await compileMeasured(engine, circuit, observables, settings), settings, [task]))[0];
    const first = await train();
    expect(first.accuracy).toBeGreaterThan(0.9);
    expect((await train()).parameters).toEqual(first.parameters);
  });
});
