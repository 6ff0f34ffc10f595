import { CircuitError } from '@qloom/quantum/errors.ts';
import { hydrogenMolecule } from '@qloom/quantum/observables/hydrogen.ts';
import { type Observable, transverseFieldIsing, xxzChain } from '@qloom/quantum/observables/observable.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import type { QnnCircuitSettings } from '@qloom/quantum/qnn-circuit.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/** Hamiltonians with a name. */
export const HAMILTONIANS = ['tfim', 'xxz', 'h2'] as const;

/** Settings of {@link createHamiltonian}. */
export interface HamiltonianSettings {
  /** One of {@link HAMILTONIANS}, or a sum of weighted Pauli strings such as `-1*Z0 Z1 - 0.5*X0`. */
  readonly hamiltonian: string;
  /** Default: 4 for `h2`, which allows no other number; for a text, the number of qubits that it uses. */
  readonly qubits?: number;
  /** J of TFIM and XXZ. Default 1. */
  readonly coupling?: number;
  /** h of TFIM. Default 1. */
  readonly field?: number;
  /** Δ of XXZ. Default 1. */
  readonly anisotropy?: number;
  /** Whether the chain is closed. Default false. */
  readonly periodic?: boolean;
}

/** A Hamiltonian, and its default circuit. */
export interface Hamiltonian {
  readonly name: string;
  readonly qubits: number;
  readonly observable: Observable;
  readonly circuit: QnnCircuitSettings;
}

/**
 * The Hamiltonian of its settings: `tfim` is −J·Σ ZZ − h·Σ X, `xxz` is J·Σ (XX + YY + Δ·ZZ), `h2` the hydrogen molecule
 * in STO-3G at 0.7414 Å. Throws CircuitError if a number is not finite, a chain has fewer than two qubits, or the text
 * is wrong.
 */
export function createHamiltonian(settings: HamiltonianSettings): Hamiltonian {
  const { hamiltonian: name, coupling = 1, field = 1, anisotropy = 1, periodic = false } = settings;
  for (const [what, value] of Object.entries({ coupling, field, anisotropy })) {
    if (!Number.isFinite(value)) throw new CircuitError(`${what}: ${value} is not a finite number`);
  }
  if (name === 'h2') {
    if ((settings.qubits ?? 4) !== 4) throw new CircuitError(`qubits: ${settings.qubits}; the hydrogen molecule has 4`);
    const circuit = { ansatz: 'coupled-cluster', qubits: 4, layers: 1 } as const;
    return { name: 'H₂, STO-3G at 0.7414 Å', qubits: 4, observable: hydrogenMolecule(), circuit };
  }
  if (name === 'tfim' || name === 'xxz') {
    const { qubits = 6 } = settings;
    if (!(qubits >= 2)) throw new CircuitError(`qubits: ${qubits}; a chain needs at least 2`);
    const shape = periodic ? 'periodic' : 'open';
    // One angle per gate on open chains, where the search ends in local minima with shared angles.
    const ansatzOptions = { periodic, shared: periodic };
    if (name === 'tfim') {
      return {
        name: `transverse-field Ising, ${shape} chain, J = ${coupling}, h = ${field}`,
        qubits,
        observable: transverseFieldIsing(qubits, coupling, field, periodic),
        circuit: {
          ansatz: 'tfim-variational',
          qubits,
          layers: periodic ? Math.ceil(qubits / 2) : qubits,
          ansatzOptions,
        },
      };
    }
    const unit = xxzChain(qubits, anisotropy, periodic);
    const terms = unit.terms.map((term) => ({ ...term, coefficient: coupling * term.coefficient }));
    return {
      name: `XXZ, ${shape} chain, J = ${coupling}, Δ = ${anisotropy}`,
      qubits,
      observable: { terms },
      circuit: { ansatz: 'xxz-variational', qubits, layers: qubits, ansatzOptions },
    };
  }
  const named = [...name.matchAll(/[XYZ](\d+)/g)].map((match) => Number(match[1]));
  if (named.length === 0) {
    throw new CircuitError(
      `hamiltonian: ${quoted(name, "'")} is none of ${HAMILTONIANS.join(', ')}, and no sum such as '-1*Z0 Z1 - 0.5*X0'`,
    );
  }
  const { qubits = named.reduce((most, qubit) => Math.max(most, qubit + 1), 0) } = settings;
  return {
    name,
    qubits,
    observable: parseObservable(name, qubits),
    circuit: { ansatz: 'efficient-su2', qubits, layers: 3 },
  };
}
