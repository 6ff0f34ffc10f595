import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { GateName } from '@qloom/quantum/gates/gates.ts';

/** Floating-point operations that a gate costs an amplitude, gate by gate on complex numbers. */
const APPLY: Partial<Record<GateName, number>> = {
  // Two real numbers a component, each c·a ± s·b: 2 multiplications and 1 addition.
  ry: 6,
  // One complex product: 4 multiplications and 2 additions.
  rz: 6,
  // An exchange.
  cx: 0,
};

/** Of Im⟨λ|G|φ⟩ for the generator of a rotation: 2 multiplications, 2 additions. */
const OVERLAP = 4;

/**
 * Floating-point operations of forward and adjoint for one sample, by the textbook's algorithm: every gate once on the state;
 * ⟨Z_q⟩ of all qubits (|a|² is 3, and one addition a qubit); λ = Σ c_q Z_q |φ⟩ (n additions, 2 multiplications); every gate
 * undone on φ and λ; one overlap for each rotation that has a parameter. So
 * 2ⁿ·(3·Σ apply + 4·rotations with a parameter + 2n + 5). An engine may need fewer: then its rate is above what its
 * processor does, and that is what is compared, since the work asked for is the same. Throws for a gate of other circuits.
 */
export function adjointFlops(circuit: Circuit): number {
  const trainable = circuit.gates.filter(({ angles }) =>
    angles.some((angle) => angle.terms.some((term) => term.parameter !== null)),
  );
  const perAmplitude = 3 * applyAll(circuit) + OVERLAP * trainable.length + 2 * circuit.qubits + 5;
  return 2 ** circuit.qubits * perAmplitude;
}

function applyAll({ gates }: Circuit): number {
  let sum = 0;
  for (const { name } of gates) {
    const apply = APPLY[name];
    if (apply === undefined) throw new RangeError(`flops: gate ${name} is none of ${Object.keys(APPLY).join(', ')}`);
    sum += apply;
  }
  return sum;
}
