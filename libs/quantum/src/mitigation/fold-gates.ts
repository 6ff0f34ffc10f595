import type { Circuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import type { Gate } from '../gates/gate.ts';
import { inverseGate } from '../gates/gate-algebra.ts';

/** A circuit with the same unitary and more noise. */
export interface FoldedCircuit {
  readonly circuit: Circuit;
  /** Number of gates on two or more qubits over that of the original circuit; 1 where it has none. */
  readonly scale: number;
}

/**
 * Amplifies the noise of gates on two or more qubits for an extrapolation to zero noise: a gate G becomes G(G⁻¹G)^k (Giurgica-Tiron
 * et al., "Digital zero noise extrapolation", arXiv:2005.10921). Every gate is folded as often as `scale` allows, and further ones, evenly
 * spread over the circuit, once more, so that the number of such gates is as near to `scale` times theirs as it can be. `scale` of the result is
 * the one that was reached, which includes inverses of more than one gate, as iswap's. Gates on one qubit are not folded: their errors
 * are not extrapolated. Parameters and inputs stay what they are. Throws CircuitError unless `scale` is a finite number from 1 on.
 */
export function foldGates(circuit: Circuit, scale: number): FoldedCircuit {
  if (!(scale >= 1 && Number.isFinite(scale))) {
    throw new CircuitError(`fold: the scale ${scale} is not a finite number from 1 on`);
  }
  const wide = circuit.gates.filter(isWide).length;
  if (wide === 0) return { circuit, scale: 1 };
  // Each fold adds two gates: `pairs` are shared out.
  const pairs = Math.round(((scale - 1) * wide) / 2);
  let seen = 0;
  const gates = circuit.gates.flatMap((gate) => {
    if (!isWide(gate)) return [gate];
    const folds = Math.floor(((seen + 1) * pairs) / wide) - Math.floor((seen * pairs) / wide);
    seen++;
    return [gate, ...Array.from({ length: folds }, () => [...inverseGate(gate), gate]).flat()];
  });
  return { circuit: { ...circuit, gates }, scale: gates.filter(isWide).length / wide };
}

const isWide = ({ qubits }: Gate): boolean => qubits.length > 1;
