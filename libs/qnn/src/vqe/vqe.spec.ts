import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { createRandom } from '@qloom/random/random.ts';
import { createWasmEngine } from '../engine/wasm/wasm-engine.ts';
import { denseHamiltonian, lowestEigenvalue } from '../testing/dense-hamiltonian.ts';
import { groundEnergy } from './ground-energy.ts';
import { createHamiltonian, type HamiltonianSettings } from './hamiltonian.ts';
import { type MinimizeSettings, minimizeEnergy } from './minimize-energy.ts';

const solve = (given: HamiltonianSettings, settings: Partial<MinimizeSettings> = {}, seed = 1) => {
  const { circuit, observable } = createHamiltonian(given);
  return minimizeEnergy({
    engine: createWasmEngine({ precision: 'float64' }),
    circuit: buildQnnCircuit(circuit),
    hamiltonian: observable,
    settings,
    random: createRandom(seed),
  });
};

const CHAINS: HamiltonianSettings[] = [
  { hamiltonian: 'tfim', qubits: 2 },
  { hamiltonian: 'tfim', qubits: 5, field: 0.5 },
  { hamiltonian: 'tfim', qubits: 8, periodic: true },
  { hamiltonian: 'xxz', qubits: 4, anisotropy: 0.5 },
  { hamiltonian: 'xxz', qubits: 6, coupling: 0.7, anisotropy: 1.5 },
  { hamiltonian: 'xxz', qubits: 8, periodic: true },
];

describe('minimizeEnergy', () => {
  it.each(CHAINS)('finds the ground energy of %j within 1e-6 of exact diagonalization', async (given) => {
    const { qubits, observable } = createHamiltonian(given);
    const exact = lowestEigenvalue(denseHamiltonian(observable, qubits));
    const { energy } = await solve(given, { restarts: 1 });
    // An energy below the ground state's would be an error of the simulator; 1e-9 is rounding.
    expect(energy - exact).toBeGreaterThan(-1e-9);
    expect(energy - exact).toBeLessThan(1e-6);
  });

  it('refuses a circuit without parameters', async () => {
    const hydrogen = createHamiltonian({ hamiltonian: 'h2' });
    const circuit = buildQnnCircuit({ ...hydrogen.circuit, ansatzOptions: { electrons: 3 } });
    const engine = createWasmEngine({ precision: 'float64' });
    const minimizing = minimizeEnergy({ engine, circuit, hamiltonian: hydrogen.observable, random: createRandom(1) });
    await expect(minimizing).rejects.toThrow('circuit: has no parameters; at least one is right');
  });

  it('finds −1.13727 Ha for H₂ from Hartree–Fock and one double excitation', async () => {
    // Full configuration interaction in STO-3G at 0.7414 Å: libs/quantum/golden/h2.json.
    const { energy, parameters, converged } = await solve({ hamiltonian: 'h2' });
    expect(energy).toBeCloseTo(-1.13727, 5);
    expect(parameters).toHaveLength(1);
    expect(converged).toBe(true);
  });

  it('finds it with Adam as well', async () => {
    const { energy } = await solve({ hamiltonian: 'h2' }, { optimizer: 'adam', restarts: 1, gradientTolerance: 1e-4 });
    expect(energy).toBeCloseTo(-1.13727, 5);
  });

  it('returns the same parameters for the same seed, and reports its progress', async () => {
    const seen: number[] = [];
    const { circuit, observable } = createHamiltonian({ hamiltonian: '-1*Z0 Z1 - 0.3*X0 + 0.2*Y1' });
    const once = (onProgress?: (at: { energy: number }) => void) =>
      minimizeEnergy({
        engine: createWasmEngine({ precision: 'float64' }),
        circuit: buildQnnCircuit(circuit),
        hamiltonian: observable,
        random: createRandom(3),
        onProgress,
      });
    const first = await once(({ energy }) => void seen.push(energy));
    expect((await once()).parameters).toEqual(first.parameters);
    expect(Math.min(...seen)).toBe(first.energy);
  });

  it('ends when progress throws', async () => {
    const { circuit, observable } = createHamiltonian({ hamiltonian: 'tfim', qubits: 4 });
    const ended = minimizeEnergy({
      engine: createWasmEngine({ precision: 'float64' }),
      circuit: buildQnnCircuit(circuit),
      hamiltonian: observable,
      random: createRandom(1),
      onProgress: () => {
        throw new Error('enough');
      },
    });
    await expect(ended).rejects.toThrow('enough');
  });

  it('refuses a circuit with inputs', async () => {
    const circuit = buildQnnCircuit({ ansatz: 'hardware-efficient', qubits: 2, layers: 1, inputs: 2 });
    const { observable } = createHamiltonian({ hamiltonian: 'tfim', qubits: 2 });
    const refused = minimizeEnergy({
      engine: createWasmEngine({ precision: 'float64' }),
      circuit,
      hamiltonian: observable,
      random: createRandom(1),
    });
    await expect(refused).rejects.toThrow('has 2 inputs; a circuit to minimize over has none');
  });
});

describe('groundEnergy', () => {
  it.each([...CHAINS, { hamiltonian: 'h2' }, { hamiltonian: '0.7*Y0 X1 Z2 - 0.4*Y1 + 2' }])(
    'agrees with the dense matrix for %j',
    (given) => {
      const { qubits, observable } = createHamiltonian(given);
      const exact = lowestEigenvalue(denseHamiltonian(observable, qubits));
      expect(groundEnergy(observable, qubits, createRandom(1))).toBeCloseTo(exact, 9);
    },
  );
});

describe('createHamiltonian', () => {
  it.each<[HamiltonianSettings, string]>([
    [{ hamiltonian: 'hubbard' }, "'hubbard' is none of tfim, xxz, h2, and no sum such as"],
    [{ hamiltonian: 'h2', qubits: 6 }, 'qubits: 6; the hydrogen molecule has 4'],
    [{ hamiltonian: 'tfim', qubits: 1 }, 'qubits: 1; a chain needs at least 2'],
    [{ hamiltonian: 'tfim', field: Number.NaN }, 'field: NaN is not a finite number'],
    [{ hamiltonian: 'Z0 Q1' }, "'Q1' is not a term"],
  ])('refuses %j', (given, message) => {
    expect(() => createHamiltonian(given)).toThrow(message);
  });
});
