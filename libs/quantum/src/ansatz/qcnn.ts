import type { CircuitBuilder } from '../circuit.ts';
import { parameter } from '../gates/angle.ts';
import { entanglingPairs } from './entanglement.ts';

/**
 * The active qubits after `stages` poolings of a QCNN on `qubits` qubits: each pooling keeps every second one, and
 * always qubit 0.
 */
export function qcnnActiveQubits(qubits: number, stages: number): number[] {
  let active = Array.from({ length: qubits }, (_, q) => q);
  for (let stage = 0; stage < stages; stage++) active = active.filter((_, i) => i % 2 === 0);
  return active;
}

/** Maximum number of stages of a QCNN: the number after which one qubit is left. */
export const qcnnStages = (qubits: number): number => Math.ceil(Math.log2(qubits));

/**
 * Stage `stage` of a quantum convolutional network (Cong, Choi and Lukin, arXiv:1810.03787, in the form of Hur, Kim and
 * Park, arXiv:2108.00661): the same two-qubit convolution on neighbouring active qubits (even pairs, then odd pairs,
 * then the pair that closes the ring), then pooling: each pair's second qubit controls RZ(α) and, when it is 0, RX(β)
 * on the first, and is then discarded. The convolution has 7 parameters, shared by all pairs; pooling has 2.
 */
export function qcnnStage(builder: CircuitBuilder, stage: number): void {
  const active = qcnnActiveQubits(builder.qubits, stage);
  const draw = (count: number) => Array.from({ length: count }, () => builder.parameter());
  const convolution = draw(7);
  for (const [a, b] of ringOf(active)) convolve(builder, a, b, convolution);
  const [alpha, beta] = draw(2);
  for (let i = 0; i + 1 < active.length; i += 2) pool(builder, active[i + 1], active[i], alpha, beta);
}

function ringOf(active: readonly number[]): [number, number][] {
  const pairs = entanglingPairs('pairwise', active.length).map(([i, j]): [number, number] => [active[i], active[j]]);
  if (active.length > 2) pairs.push([active[active.length - 1], active[0]]);
  return pairs;
}

/** RY(θ₀), RZ(θ₁) on the first, RY(θ₂), RZ(θ₃) on the second, then exp(−i/2·(θ₄·XX + θ₅·YY + θ₆·ZZ)). */
function convolve(builder: CircuitBuilder, a: number, b: number, theta: readonly number[]): void {
  builder.gate('ry', [a], parameter(theta[0])).gate('rz', [a], parameter(theta[1]));
  builder.gate('ry', [b], parameter(theta[2])).gate('rz', [b], parameter(theta[3]));
  builder.gate('rxx', [a, b], parameter(theta[4]));
  builder.gate('ryy', [a, b], parameter(theta[5]));
  builder.gate('rzz', [a, b], parameter(theta[6]));
}

function pool(builder: CircuitBuilder, control: number, target: number, alpha: number, beta: number): void {
  builder.gate('crz', [control, target], parameter(alpha));
  builder.gate('x', [control]).gate('crx', [control, target], parameter(beta));
}
