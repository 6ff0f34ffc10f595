import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { parameter } from '@qloom/quantum/gates/angle.ts';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { createRandom } from '@qloom/random/random.ts';
import { createWasmEngine } from '../engine/wasm/wasm-engine.ts';
import { factorPerQubit, gradientVariance } from './gradient-variance.ts';

const sample = (circuit: Circuit, paulis: string, samples: number) =>
  gradientVariance({
    engine: createWasmEngine({ precision: 'float64' }),
    circuit,
    observable: pauli(
      paulis,
      [...paulis].map((_, qubit) => qubit),
    ),
    samples,
    random: createRandom(4),
  });

/** RY(θ_q) on every qubit: ⟨Z…Z⟩ is the product of all cos θ. */
function rotations(qubits: number): Circuit {
  const builder = createCircuitBuilder({ qubits });
  for (let qubit = 0; qubit < qubits; qubit++) builder.gate('ry', [qubit], parameter(builder.parameter()));
  return builder.build();
}

describe('gradientVariance', () => {
  it.each([1, 2, 4, 6])('is 2⁻ⁿ for ⟨Z…Z⟩ after one rotation per qubit, n = %d', async (n) => {
    // Each factor, −sin θ₀ and the n − 1 cosines, has mean square 1/2.
    const { first, mean } = await sample(rotations(n), 'Z'.repeat(n), 20_000);
    // The relative deviation of the estimate is √((1.5ⁿ − 1)/20,000): at most 2.3%.
    expect(first * 2 ** n).toBeCloseTo(1, 1);
    expect(mean * 2 ** n).toBeCloseTo(1, 1);
  });

  it('is about halved with each further qubit for a deep entangling circuit', async () => {
    const points = [2, 4, 6].map(async (qubits) => {
      const circuit = buildQnnCircuit({ ansatz: 'strongly-entangling', qubits, layers: 6 * qubits });
      return { qubits, value: (await sample(circuit, 'Z', 300)).mean };
    });
    // McClean et al.: a 2-design's variance is proportional to 2⁻ⁿ for a Pauli observable.
    const deep = factorPerQubit(await Promise.all(points));
    expect(deep).toBeGreaterThan(0.4);
    expect(deep).toBeLessThan(0.6);
  });

  it('returns the same result for the same seed', async () => {
    expect(await sample(rotations(3), 'Z', 50)).toEqual(await sample(rotations(3), 'Z', 50));
  });

  it('refuses circuits without a gradient to sample', async () => {
    const inputs = buildQnnCircuit({ ansatz: 'hardware-efficient', qubits: 2, layers: 1, inputs: 2 });
    await expect(sample(inputs, 'Z', 10)).rejects.toThrow('has 2 inputs; one without any is right');
    const fixed = createCircuitBuilder({ qubits: 1 }).gate('x', [0]).build();
    await expect(sample(fixed, 'Z', 10)).rejects.toThrow('has no parameters');
    await expect(sample(rotations(1), 'Z', 1)).rejects.toThrow('samples: 1; at least 2 are right');
  });
});

describe('factorPerQubit', () => {
  it('is the base of an exponential', () => {
    const points = [2, 3, 5, 8].map((qubits) => ({ qubits, value: 7 * 0.3 ** qubits }));
    expect(factorPerQubit(points)).toBeCloseTo(0.3, 12);
  });
});
