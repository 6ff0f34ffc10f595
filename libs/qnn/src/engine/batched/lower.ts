import type { Angle } from '@qloom/quantum/angle.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { GATES } from '@qloom/quantum/gates.ts';
import { type Lowering, lowerGate } from './lower-gate.ts';
import type { Factor, Link, Program, Stage } from './program.ts';
import { quaternionOf } from './quaternion.ts';

/**
 * Rewrites a circuit as one-qubit rotations, signed permutations of the basis and Pauli rotations, and fuses what
 * follows one another. Controlled rotations become a rotation and a Pauli rotation of half the angle each:
 * CR_P(a) = R_P(a/2)·R_ZP(−a/2).
 */
export function lower(circuit: Circuit): Program {
  const size = 2 ** circuit.qubits;
  const slots: Angle[] = [];
  const stages: Stage[] = [];
  let pending: Factor[][] = Array.from({ length: circuit.qubits }, () => []);
  let link: Link | null = null;

  /** Ends the stage that has a link, so that gates can follow it. */
  const flush = () => {
    const rotations = pending.flatMap((factors, qubit) => (factors.length > 0 ? [{ qubit, factors }] : []));
    stages.push({ rotations, link });
    pending = pending.map(() => []);
    link = null;
  };
  const add = (qubit: number, factor: Factor) => {
    if (link) flush();
    pending[qubit].push(factor);
  };
  const slot = (angle: Angle) => slots.push(angle) - 1;

  const lowering: Lowering = {
    rotate: (qubit, axis, angle) => add(qubit, { kind: 'axis', axis, slot: slot(angle) }),
    fixed: (qubit, name) => add(qubit, { kind: 'constant', value: quaternionOf(GATES[name].matrix([])) }),
    move(gate) {
      if (link?.kind === 'pauli') flush();
      const before = link?.kind === 'monomial' ? link : identity(size);
      const source = new Int32Array(size);
      const sign = new Float64Array(size);
      for (let k = 0; k < size; k++) {
        const moved = gate(k);
        source[moved.to] = before.source[k];
        sign[moved.to] = moved.sign * before.sign[k];
      }
      link = { kind: 'monomial', source, sign };
    },
    paulis(letters, qubits, angle) {
      if (link) flush();
      let [x, z, ys] = [0, 0, 0];
      [...letters].forEach((letter, i) => {
        if (letter !== 'Z') x |= 1 << qubits[i];
        if (letter !== 'X') z |= 1 << qubits[i];
        if (letter === 'Y') ys++;
      });
      link = { kind: 'pauli', x, z, ys, slot: slot(angle) };
    },
  };
  for (const gate of circuit.gates) lowerGate(gate, lowering);
  flush();
  return { qubits: circuit.qubits, slots, stages };
}

const identity = (size: number) => ({
  source: Int32Array.from({ length: size }, (_, k) => k),
  sign: new Float64Array(size).fill(1),
});
