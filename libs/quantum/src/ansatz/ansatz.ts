import type { CircuitBuilder } from '../circuit.ts';
import type { Axis } from '../encodings/encoding.ts';
import { parameter, product, sum } from '../gates/angle.ts';

/** The two-qubit gate of an entangling ring. */
export type Entangler = 'cx' | 'cz';

/**
 * A ring of two-qubit gates q → (q + distance) mod n. One qubit has no gate; two qubits have one gate instead of two,
 * because two CZ cancel.
 */
export function entangleRing(builder: CircuitBuilder, entangler: Entangler = 'cx', distance = 1): void {
  const n = builder.qubits;
  if (n === 1) return;
  const pairs = n === 2 ? 1 : n;
  for (let q = 0; q < pairs; q++) builder.gate(entangler, [q, (q + distance) % n]);
}

/**
 * One layer of data re-uploading (Pérez-Salinas et al., "Data re-uploading for a universal quantum classifier",
 * arXiv:1907.02085): Rot(ω·x + θ) on each qubit, i.e. RZ, RY, RZ, each with an angle θ + ω·x, then an entangling ring.
 *
 * Inputs of the angles: slot s = axis·n + qubit (axis 0, 1, 2 for the three angles) carries x[s mod F]. With F ≤ n
 * features, qubit q has feature q mod F; with n < F ≤ 3n, a qubit has up to three features; above 3n, a layer has
 * ⌈F/3n⌉ Rot gates per qubit, and the slot numbers continue. Hence every feature is uploaded in every layer.
 */
export function dataReuploadingLayer(builder: CircuitBuilder, entangler: Entangler = 'cx'): void {
  const { qubits: n, inputs } = builder;
  const rounds = Math.max(1, Math.ceil(inputs / (3 * n)));
  for (let round = 0; round < rounds; round++) {
    for (let qubit = 0; qubit < n; qubit++) {
      const angles = [0, 1, 2].map((axis) => {
        const theta = parameter(builder.parameter('angle'));
        if (inputs === 0) return theta;
        const slot = round * 3 * n + axis * n + qubit;
        return sum(theta, product(builder.parameter('weight'), slot % inputs));
      });
      builder.gate('rot', [qubit], ...angles);
    }
  }
  entangleRing(builder, entangler);
}

/** One hardware-efficient layer: RY(θ) and RZ(θ) on every qubit, then an entangling ring. 2n parameters. */
export function hardwareEfficientLayer(builder: CircuitBuilder, entangler: Entangler = 'cx'): void {
  for (let qubit = 0; qubit < builder.qubits; qubit++) {
    builder.gate('ry', [qubit], parameter(builder.parameter()));
    builder.gate('rz', [qubit], parameter(builder.parameter()));
  }
  entangleRing(builder, entangler);
}

/**
 * Layer `layer` of strongly entangling layers (Schuld et al., "Circuit-centric quantum classifiers", arXiv:1804.00633),
 * as in PennyLane's StronglyEntanglingLayers: Rot(θ) on every qubit, then a ring of CX at distance (layer mod (n − 1))
 * + 1. 3n parameters. On two qubits, a ring of CX has both directions; a ring of CZ has one gate, because two cancel.
 */
export function stronglyEntanglingLayer(builder: CircuitBuilder, layer: number, entangler: Entangler = 'cx'): void {
  const n = builder.qubits;
  for (let qubit = 0; qubit < n; qubit++) {
    const angles = [0, 1, 2].map(() => parameter(builder.parameter()));
    builder.gate('rot', [qubit], ...angles);
  }
  if (n === 2 && entangler === 'cx') builder.gate('cx', [0, 1]).gate('cx', [1, 0]);
  else if (n > 1) entangleRing(builder, entangler, (layer % (n - 1)) + 1);
}

/**
 * One of PennyLane's BasicEntanglerLayers: R_axis(θ) on every qubit, then a ring of CX (one on two qubits). n parameters.
 */
export function basicEntanglerLayer(builder: CircuitBuilder, axis: Axis = 'x', entangler: Entangler = 'cx'): void {
  for (let qubit = 0; qubit < builder.qubits; qubit++) {
    builder.gate(`r${axis}`, [qubit], parameter(builder.parameter()));
  }
  entangleRing(builder, entangler);
}
