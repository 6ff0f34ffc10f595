import type { CircuitBuilder } from '../circuit.ts';
import { CircuitSettingError } from '../errors.ts';
import { parameter } from '../gates/angle.ts';

/** The Hartree–Fock state of `electrons` electrons in Jordan–Wigner encoding: the first spin orbitals are occupied. */
export function prepareHartreeFock(builder: CircuitBuilder, electrons: number): void {
  checkElectrons(builder.qubits, electrons);
  for (let qubit = 0; qubit < electrons; qubit++) builder.gate('x', [qubit]);
}

/**
 * Excitations that conserve spin: the occupied spin orbitals that electrons leave, and the virtual ones that they move
 * to.
 */
export interface Excitations {
  readonly singles: readonly (readonly [number, number])[];
  readonly doubles: readonly (readonly [number, number, number, number])[];
}

/**
 * All single and double excitations with ΔS_z = 0 of the Hartree–Fock state, in the order of PennyLane's
 * `qchem.excitations(electrons, orbitals)`: even orbitals are spin up, odd ones down.
 */
function excitationsOf(electrons: number, orbitals: number): Excitations {
  checkElectrons(orbitals, electrons);
  const spin = (orbital: number) => (orbital % 2 === 0 ? 1 : -1);
  const singles: [number, number][] = [];
  const doubles: [number, number, number, number][] = [];
  for (let r = 0; r < electrons; r++) {
    for (let p = electrons; p < orbitals; p++) if (spin(r) === spin(p)) singles.push([r, p]);
  }
  for (let s = 0; s < electrons - 1; s++) {
    for (let r = s + 1; r < electrons; r++) {
      for (let q = electrons; q < orbitals - 1; q++) {
        for (let p = q + 1; p < orbitals; p++) {
          if (spin(p) + spin(q) === spin(r) + spin(s)) doubles.push([s, r, q, p]);
        }
      }
    }
  }
  return { singles, doubles };
}

/**
 * One layer of coupled cluster by Givens rotations (Arrazola et al., "Universal quantum circuits for quantum
 * chemistry", arXiv:2106.13839): every double excitation, then, with `singles`, every single excitation; one parameter
 * per excitation. On H₂ in STO-3G (4 qubits, 2 electrons) the one double excitation reaches the ground state.
 */
export function coupledClusterLayer(builder: CircuitBuilder, electrons: number, singles: boolean): void {
  const excitations = excitationsOf(electrons, builder.qubits);
  for (const qubits of excitations.doubles) {
    builder.gate('double_excitation', qubits, parameter(builder.parameter()));
  }
  if (!singles) return;
  for (const qubits of excitations.singles) {
    builder.gate('single_excitation', qubits, parameter(builder.parameter()));
  }
}

function checkElectrons(orbitals: number, electrons: number): void {
  if (!Number.isInteger(electrons) || electrons < 1 || electrons >= orbitals) {
    throw new CircuitSettingError(
      'electrons',
      `${electrons} in ${orbitals} spin orbitals; 1 to ${orbitals - 1} are right`,
    );
  }
}
