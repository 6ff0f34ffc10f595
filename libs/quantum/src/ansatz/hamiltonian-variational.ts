import type { CircuitBuilder } from '../circuit.ts';
import { parameter } from '../gates/angle.ts';
import { chainBonds, type Pair } from './entanglement.ts';

/**
 * Whether a layer's gates of one kind share a parameter (the ansatz keeps the model's symmetry and has few parameters)
 * or each gate has its own.
 */
export interface ChainOptions {
  /** Close the chain. */
  readonly periodic: boolean;
  /** One parameter for all gates of one kind in a layer. */
  readonly shared: boolean;
}

/** The state that the TFIM ansatz starts from: |+…+⟩, the ground state of −h·Σ X. */
export function prepareTransverseField(builder: CircuitBuilder): void {
  for (let qubit = 0; qubit < builder.qubits; qubit++) builder.gate('h', [qubit]);
}

/**
 * One layer of the Hamiltonian-variational ansatz of H = −J·Σ ZZ − h·Σ X (Wecker et al., arXiv:1507.08969; Wiersema et al.,
 * arXiv:2008.02941): exp(−i·γ/2·ZZ) on every bond, exp(−i·β/2·X) on every qubit. Two parameters when they are shared. On a
 * periodic chain n/2 layers reach the ground state.
 */
export function isingVariationalLayer(builder: CircuitBuilder, options: ChainOptions): void {
  const angles = angleSource(builder, options.shared);
  for (const bond of chainBonds(builder.qubits, options.periodic)) builder.gate('rzz', bond, angles('zz'));
  for (let qubit = 0; qubit < builder.qubits; qubit++) builder.gate('rx', [qubit], angles('x'));
}

/**
 * The state that the XXZ ansatz starts from: singlets (|01⟩ − |10⟩)/√2 on (0,1), (2,3), …, the ground state of those bonds; a
 * last odd qubit stays |0⟩.
 */
export function prepareSinglets(builder: CircuitBuilder): void {
  for (let qubit = 0; qubit + 1 < builder.qubits; qubit += 2) {
    builder.gate('x', [qubit]).gate('x', [qubit + 1]);
    builder.gate('h', [qubit]).gate('cx', [qubit, qubit + 1]);
  }
}

/**
 * One layer of the Hamiltonian-variational ansatz of the XXZ chain (Wiersema et al., arXiv:2008.02941): on the bonds (1,2),
 * (3,4), … first and then on (0,1), (2,3), …: exp(−i·θ/2·ZZ), then exp(−i·φ/2·(XX + YY)). Four parameters when they are
 * shared. It conserves Σ Z.
 */
export function xxzVariationalLayer(builder: CircuitBuilder, options: ChainOptions): void {
  const bonds = chainBonds(builder.qubits, options.periodic);
  const parity = (odd: number) => bonds.filter(([a]) => a % 2 === odd);
  for (const group of [parity(1), parity(0)]) {
    const angles = angleSource(builder, options.shared);
    for (const bond of group) builder.gate('rzz', bond, angles('zz'));
    for (const bond of group) exchangeRotation(builder, bond, angles('xy'));
  }
}

function exchangeRotation(builder: CircuitBuilder, bond: Pair, angle: ReturnType<typeof parameter>): void {
  builder.gate('rxx', bond, angle).gate('ryy', bond, angle);
}

function angleSource(builder: CircuitBuilder, shared: boolean) {
  const known = new Map<string, number>();
  return (kind: string) => {
    const index = (shared ? known.get(kind) : undefined) ?? builder.parameter();
    known.set(kind, index);
    return parameter(index);
  };
}
