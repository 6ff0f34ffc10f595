import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { createCircuitBuilder } from '../circuit.ts';
import { noisyExpectations } from '../noise/density-matrix.ts';
import type { NoiseModel } from '../noise/noise-model.ts';
import { pauli } from '../observables/observable.ts';
import { expectation, runCircuit } from '../simulation/statevector.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { extrapolateToZero, richardsonWeights } from './extrapolate.ts';
import { foldGates } from './fold-gates.ts';

const scale = fc.double({ min: 1, max: 7, noNaN: true });

describe('foldGates', () => {
  it('keeps the state of every circuit, global phase included, and reaches the nearest scale', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), scale, (seed, wanted) => {
        const { circuit, parameters, inputs } = randomProblem(createRandom(seed), 3, 12);
        const folded = foldGates(circuit, wanted);
        const [before, after] = [circuit, folded.circuit].map((one) => runCircuit(one, parameters, inputs));
        before.re.forEach((value, k) => {
          expect(after.re[k]).toBeCloseTo(value, 11);
          expect(after.im[k]).toBeCloseTo(before.im[k], 11);
        });
        const wide = circuit.gates.filter(({ qubits }) => qubits.length > 1).length;
        const isPlain = circuit.gates.every(({ name }) => name !== 'csx' && name !== 'iswap');
        // Two gates are added at a time.
        if (wide > 0 && isPlain) expect(Math.abs(folded.scale - wanted)).toBeLessThanOrEqual(1 / wide + 1e-12);
      }),
    );
  });

  it('leaves circuits without gates on two qubits alone, and refuses scales below 1', () => {
    const circuit = createCircuitBuilder({ qubits: 1 }).gate('h', [0]).build();
    expect(foldGates(circuit, 3)).toEqual({ circuit, scale: 1 });
    expect(() => foldGates(circuit, 0.5)).toThrow('the scale 0.5 is not a finite number from 1 on');
  });
});

describe('extrapolateToZero', () => {
  const points = (f: (s: number) => number, scales = [1, 2, 3, 5]) =>
    scales.map((s) => ({ scale: s, value: f(s), error: 0.01 * s }));

  it('is exact for a line, a cubic through four scales, and a decay', () => {
    expect(
      extrapolateToZero(
        points((s) => 0.7 - 0.1 * s),
        'linear',
      ).value,
    ).toBeCloseTo(0.7, 12);
    const cubic = (s: number) => 0.7 - 0.1 * s + 0.02 * s ** 2 - 0.003 * s ** 3;
    expect(extrapolateToZero(points(cubic), 'richardson').value).toBeCloseTo(0.7, 12);
    const decay = extrapolateToZero(
      points((s) => -0.8 * Math.exp(-0.3 * s)),
      'exponential',
    );
    expect(decay.value).toBeCloseTo(-0.8, 10);
    expect(decay.fit).toBe('exponential');
  });

  it('has Richardson weights that sum to 1 and remove every power of the scale below their number', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }), (scales) => {
        const weights = richardsonWeights(scales);
        const most = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
        for (let power = 0; power < scales.length; power++) {
          const sum = weights.reduce((total, weight, i) => total + weight * scales[i] ** power, 0);
          // Rounding of terms as large as their absolute sum.
          expect(Math.abs(sum - (power === 0 ? 1 : 0))).toBeLessThan(1e-13 * most * 9 ** power);
        }
      }),
    );
    expect(() => richardsonWeights([1, 1])).toThrow('scales 1, 1 are not all different');
  });

  it.each(['linear', 'richardson', 'exponential'] as const)('states the standard error of the %s fit', (fit) => {
    const random = createRandom(3);
    const draws = 2000;
    let [sum, square] = [0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const noisy = [1, 2, 3].map((s) => ({
        scale: s,
        value: (fit === 'exponential' ? 0.8 * Math.exp(-0.2 * s) : 0.8 - 0.1 * s) + 0.005 * random.normal(),
        error: 0.005,
      }));
      const { value, error } = extrapolateToZero(noisy, fit);
      sum += (value - 0.8) / error;
      square += ((value - 0.8) / error) ** 2;
    }
    // The mean square of 2000 standard normals has the standard deviation √(2/2000); the exponential is linear to about 1%.
    expect(Math.abs(square / draws - 1)).toBeLessThan(5 * Math.sqrt(2 / draws) + 0.01);
    expect(Math.abs(sum / draws)).toBeLessThan(5 / Math.sqrt(draws) + 0.03);
  });

  it('is linear where a logarithm says nothing, and says so', () => {
    const noisy = [
      { scale: 1, value: 0.01, error: 0.02 },
      { scale: 3, value: -0.01, error: 0.02 },
    ];
    expect(extrapolateToZero(noisy, 'exponential')).toEqual(extrapolateToZero(noisy, 'linear'));
    expect(extrapolateToZero(noisy, 'exponential').fit).toBe('linear');
  });

  it('refuses one scale and values without an error', () => {
    expect(() => extrapolateToZero([{ scale: 1, value: 1, error: 1 }], 'linear')).toThrow('two different scales');
    expect(() =>
      extrapolateToZero(
        points(() => 1).map((p) => ({ ...p, error: 0 })),
        'linear',
      ),
    ).toThrow('1 ± 0 at scale 1');
  });
});

describe('folding on the density matrix', () => {
  const noise: NoiseModel = { rules: [{ channel: { kind: 'two-qubit-depolarizing', probability: 0.02 } }] };
  const scales = [1, 2, 3];

  /** Expectations at each scale that the folding reaches, exactly. */
  const atScales = (
    circuit: Parameters<typeof foldGates>[0],
    parameters: Float64Array,
    inputs: Float64Array,
    qubits: number,
  ) =>
    scales.map((wanted) => {
      const folded = foldGates(circuit, wanted);
      const [value] = noisyExpectations(folded.circuit, noise, [pauli('Z', [qubits - 1])], parameters, inputs);
      return { scale: folded.scale, value, error: 1e-6 };
    });

  it('decays exactly exponentially under depolarizing noise on both qubits, so that the exponential fit is exact', () => {
    const builder = createCircuitBuilder({ qubits: 2 });
    for (let layer = 0; layer < 4; layer++)
      builder
        .gate('ry', [0], 0.3 + layer)
        .gate('ry', [1], 0.2)
        .gate('cx', [0, 1]);
    const circuit = builder.build();
    const none = new Float64Array(0);
    const exact = expectation(runCircuit(circuit, none, none), pauli('Z', [1]));
    const measured = atScales(circuit, none, none, 2);
    // Every Pauli string but the identity shrinks by 1 − 16p/15 with each gate (Nielsen and Chuang, 8.3.4): 4 gates at scale 1.
    expect(measured[0].value).toBeCloseTo(exact * (1 - (16 / 15) * 0.02) ** 4, 12);
    expect(extrapolateToZero(measured, 'exponential').value).toBeCloseTo(exact, 10);
  });

  it('leaves less bias than the device has, with each fit', () => {
    const { circuit, parameters, inputs } = randomProblem(createRandom(8), 3, 20, { names: ['ry', 'rz', 'cx', 'cz'] });
    const exact = expectation(runCircuit(circuit, parameters, inputs), pauli('Z', [2]));
    const measured = atScales(circuit, parameters, inputs, 3);
    const raw = Math.abs(measured[0].value - exact);
    expect(raw).toBeGreaterThan(0.01);
    for (const fit of ['linear', 'richardson', 'exponential'] as const) {
      expect(Math.abs(extrapolateToZero(measured, fit).value - exact)).toBeLessThan(raw / 2);
    }
  });

  // 600 shots in all, either as they are or shared by the scales 1 and 3, whose Richardson weights 3/2 and −1/2 cost five times the variance.
  it.each([
    [0.05, 'better'],
    [0.0005, 'worse'],
  ])('makes an expectation with errors of %d a gate %s, by mean square over 300 draws', (probability, wanted) => {
    const noisy: NoiseModel = { rules: [{ channel: { kind: 'two-qubit-depolarizing', probability } }] };
    const builder = createCircuitBuilder({ qubits: 2 });
    for (let layer = 0; layer < 4; layer++) builder.gate('ry', [0], 0.3).gate('cx', [0, 1]);
    const circuit = builder.build();
    const observable = pauli('Z', [1]);
    const exact = expectation(runCircuit(circuit, [], []), observable);
    const [plain, folded] = [1, 3].map(
      (s) => noisyExpectations(foldGates(circuit, s).circuit, noisy, [observable], [], [])[0],
    );
    const random = createRandom(5);
    const measure = (mean: number, shots: number) => {
      let sum = 0;
      for (let shot = 0; shot < shots; shot++) sum += random.uniform() < (1 + mean) / 2 ? 1 : -1;
      return { value: sum / shots, error: Math.sqrt((1 - (sum / shots) ** 2) / shots) };
    };
    let [raw, mitigated] = [0, 0];
    for (let draw = 0; draw < 300; draw++) {
      raw += (measure(plain, 600).value - exact) ** 2;
      const scaled = [
        { scale: 1, ...measure(plain, 300) },
        { scale: 3, ...measure(folded, 300) },
      ];
      mitigated += (extrapolateToZero(scaled, 'richardson').value - exact) ** 2;
    }
    // Expected: 0.05 loses 1 − (1 − 0.053)⁴ = 0.2 of the value, far above 1/√600; 0.0005 loses 0.002, far below it.
    expect(mitigated < raw).toBe(wanted === 'better');
    expect(Math.max(mitigated, raw) / Math.min(mitigated, raw)).toBeGreaterThan(2);
  });
});
