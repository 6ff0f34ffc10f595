import { createRandom } from '@qloom/random/random.ts';
import { createCircuitBuilder } from '../circuit.ts';
import { parameter } from '../gates/angle.ts';
import { pauli } from '../observables/observable.ts';
import { adjointGradient } from '../simulation/adjoint.ts';
import { expectation, runCircuit } from '../simulation/statevector.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { noisyExpectations, noisyGradient } from './density-matrix.ts';
import type { NoiseModel } from './noise-model.ts';
import { gradientFromShots, gradientFromTrajectories, squaredErrorFromSamples } from './squared-error.ts';
import { compileTrajectories, sampleTrajectory } from './trajectories.ts';

const MODEL: NoiseModel = {
  rules: [
    { channel: { kind: 'depolarizing', probability: 0.06 }, gateQubits: 1 },
    { channel: { kind: 'two-qubit-depolarizing', probability: 0.1 } },
    { channel: { kind: 'bit-flip', probability: 0.03 }, qubits: [0] },
    { channel: { kind: 'phase-damping', gamma: 0.1 } },
  ],
  readout: { oneWhenZero: 0.02, zeroWhenOne: 0.05 },
};
const p = randomProblem(createRandom(21), 3, 14);
const observable = p.observables[0];

/** Mean of `count` calls of `draw`, and its standard error. */
function meanOf(count: number, draw: () => number): { mean: number; error: number } {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((a, b) => a + b) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, error: Math.sqrt(variance / count) };
}

describe('trajectories', () => {
  const unread = { ...MODEL, readout: undefined };
  const exact = noisyExpectations(p.circuit, unread, [observable], p.parameters, p.inputs)[0];

  it('average to the density matrix', () => {
    const random = createRandom(22);
    const { mean, error } = meanOf(6000, () =>
      expectation(runCircuit(sampleTrajectory(p.circuit, unread, random), p.parameters, p.inputs), observable),
    );
    expect(error).toBeLessThan(0.03);
    expect(Math.abs(mean - exact)).toBeLessThan(4.5 * error);
  });

  it('average to the density matrix as rows of one circuit, also their adjoint gradients', () => {
    const { circuit, errorInputs, draw } = compileTrajectories(p.circuit, unread);
    expect(circuit.inputs).toBe(p.circuit.inputs + errorInputs);
    const wanted = noisyGradient(p.circuit, unread, [observable], [1], p.parameters, p.inputs);
    const random = createRandom(23);
    const row = new Float64Array(circuit.inputs);
    row.set(p.inputs);
    const samples = Array.from({ length: 4000 }, () => {
      draw(random, row, p.circuit.inputs);
      return adjointGradient(circuit, [observable], [1], p.parameters, row);
    });
    let at = 0;
    const value = meanOf(4000, () => samples[at++].expectations[0]);
    expect(Math.abs(value.mean - exact)).toBeLessThan(4.5 * value.error);
    p.parameters.forEach((_, i) => {
      at = 0;
      const slope = meanOf(4000, () => samples[at++].parameters[i]);
      // Many comparisons: five standard errors, and rounding where a slope is constant.
      expect(Math.abs(slope.mean - wanted.parameters[i])).toBeLessThan(5 * slope.error + 1e-12);
    });
  });

  it('have the same errors as gates and as inputs', () => {
    const compiled = compileTrajectories(p.circuit, unread);
    const row = new Float64Array(compiled.circuit.inputs);
    row.set(p.inputs);
    for (let seed = 0; seed < 30; seed++) {
      compiled.draw(createRandom(seed), row, p.circuit.inputs);
      const sampled = sampleTrajectory(p.circuit, unread, createRandom(seed));
      const [a, b] = [runCircuit(compiled.circuit, p.parameters, row), runCircuit(sampled, p.parameters, p.inputs)];
      expect(expectation(a, observable)).toBeCloseTo(expectation(b, observable), 12);
    }
  });

  it('refuse amplitude damping and name the alternative', () => {
    const model: NoiseModel = { rules: [{ channel: { kind: 'amplitude-damping', gamma: 0.1 } }] };
    for (const refuse of [
      () => sampleTrajectory(p.circuit, model, createRandom(1)),
      () => compileTrajectories(p.circuit, model),
    ]) {
      expect(refuse).toThrow('amplitude-damping is not a mixture of Pauli errors');
    }
  });
});

describe('squared error from samples', () => {
  const target = 0.4;
  const builder = createCircuitBuilder({ qubits: 2 });
  const [a, b] = [builder.parameter(), builder.parameter()];
  const circuit = builder.gate('ry', [0], parameter(a)).gate('cx', [0, 1]).gate('cry', [1, 0], parameter(b)).build();
  const problem = { circuit, observable: pauli('Z', [0]), parameters: [0.9, -1.4], inputs: [] };
  const noise: NoiseModel = {
    rules: [{ channel: { kind: 'depolarizing', probability: 0.3 } }],
    readout: MODEL.readout,
  };
  const exactNoisy = noisyGradient(circuit, noise, [problem.observable], [1], problem.parameters, []);
  const slopeAt = (gradient: typeof exactNoisy, i: number) =>
    2 * (gradient.expectations[0] - target) * gradient.parameters[i];

  it('is unbiased with independent trajectories, and biased when both factors use the same ones', () => {
    const random = createRandom(31);
    const draws = Array.from({ length: 5000 }, () => [
      gradientFromTrajectories(problem, noise, 1, random),
      gradientFromTrajectories(problem, noise, 1, random),
    ]);
    const deviation = (
      twice: boolean,
      pick: (e: ReturnType<typeof squaredErrorFromSamples>) => number,
      exact: number,
    ) => {
      let at = 0;
      const { mean, error } = meanOf(5000, () => {
        const [one, two] = draws[at++];
        return pick(squaredErrorFromSamples(target, one, twice ? one : two));
      });
      return Math.abs(mean - exact) / error;
    };
    const loss = (exactNoisy.expectations[0] - target) ** 2;
    expect(deviation(false, (e) => e.loss, loss)).toBeLessThan(4.5);
    expect(deviation(true, (e) => e.loss, loss)).toBeGreaterThan(10);
    for (const i of [0, 1]) expect(deviation(false, (e) => e.parameters[i], slopeAt(exactNoisy, i))).toBeLessThan(4.5);
    expect(deviation(true, (e) => e.parameters[0], slopeAt(exactNoisy, 0))).toBeGreaterThan(10);
  });

  it('is unbiased with shots and the four-term shift', () => {
    const exact = adjointGradient(circuit, [problem.observable], [1], problem.parameters, []);
    const random = createRandom(32);
    const draws = Array.from({ length: 4000 }, () =>
      squaredErrorFromSamples(target, gradientFromShots(problem, 4, random), gradientFromShots(problem, 4, random)),
    );
    for (const i of [0, 1]) {
      let at = 0;
      const { mean, error } = meanOf(4000, () => draws[at++].parameters[i]);
      expect(Math.abs(mean - slopeAt(exact, i))).toBeLessThan(4.5 * error);
    }
  });
});
