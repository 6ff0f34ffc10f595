import { applyObservable, innerReal, zeroState } from '../simulation/statevector.ts';
import {
  addObservables,
  type Observable,
  pauli,
  transverseFieldIsing,
  validateObservable,
  xxzChain,
} from './observable.ts';

/** The lowest eigenvalue by power iteration on (bound − H), starting from a state that overlaps with every sector. */
function groundEnergy(hamiltonian: Observable, qubits: number): number {
  const bound = hamiltonian.terms.reduce((total, term) => total + Math.abs(term.coefficient), 0);
  let state = zeroState(qubits);
  state.re.forEach((_, k) => {
    state.re[k] = 1 + 0.3 * Math.sin(3 * k + 1);
  });
  let energy = 0;
  for (let step = 0; step < 3000; step++) {
    const moved = applyObservable(state, hamiltonian);
    const norm = innerReal(state, state);
    energy = innerReal(state, moved) / norm;
    const next = { qubits, re: state.re.slice(), im: state.im.slice() };
    next.re.forEach((_, k) => {
      next.re[k] = (bound * state.re[k] - moved.re[k]) / (bound * Math.sqrt(norm));
      next.im[k] = (bound * state.im[k] - moved.im[k]) / (bound * Math.sqrt(norm));
    });
    state = next;
  }
  return energy;
}

describe('transverseFieldIsing', () => {
  it.each([
    [4, 1, 0.5],
    [6, 1, 1],
    [6, 0.7, 1.9],
  ])('has the ground energy of free fermions: periodic, %d spins, J = %d, h = %d', (n, j, h) => {
    // Pfeuty, "The one-dimensional Ising model with a transverse field", Ann. Phys. 57, 79 (1970); even n,
    // antiperiodic momenta k = (2m + 1)π/n.
    let exact = 0;
    for (let m = 0; m < n; m++) exact -= Math.sqrt(j * j + h * h + 2 * j * h * Math.cos(((2 * m + 1) * Math.PI) / n));
    expect(groundEnergy(transverseFieldIsing(n, j, h, true), n)).toBeCloseTo(exact, 8);
  });

  it('has E₀ = −√(J² + 4h²) for an open chain of two spins', () => {
    expect(groundEnergy(transverseFieldIsing(2, 1, 0.8), 2)).toBeCloseTo(-Math.sqrt(1 + 4 * 0.64), 10);
  });
});

describe('xxzChain', () => {
  it('has the singlet of two spins: E₀ = −2 − Δ', () => {
    expect(groundEnergy(xxzChain(2, 0.5), 2)).toBeCloseTo(-2.5, 10);
  });
});

describe('validateObservable', () => {
  it('names what is wrong', () => {
    expect(() => validateObservable({ terms: [] }, 2)).toThrow('has no terms');
    expect(() => validateObservable(pauli('Z', [2]), 2)).toThrow("'IIZ' acts on more than the circuit's 2 qubits");
    expect(() => validateObservable({ terms: [{ coefficient: 1, paulis: 'ZQ' }] }, 2)).toThrow("'ZQ' has letters");
    expect(() => validateObservable({ terms: [{ coefficient: Number.NaN, paulis: 'Z' }] }, 2)).toThrow('not finite');
    expect(() => pauli('ZZ', [1])).toThrow('2 letters for 1 qubits');
  });

  it('accepts sums, and strings longer than the circuit if the remaining letters are I', () => {
    validateObservable(addObservables(pauli('X', [0]), { terms: [{ coefficient: 2, paulis: 'ZIII' }] }), 2);
  });
});
