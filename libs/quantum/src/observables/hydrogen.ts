import type { Observable } from './observable.ts';

const TERMS: readonly (readonly [string, number])[] = [
  ['IIII', -0.09886396933545866],
  ['IIIZ', -0.22278593040418435],
  ['IIZI', -0.22278593040418435],
  ['IIZZ', 0.17434844185575665],
  ['IZII', 0.17119774903432994],
  ['IZIZ', 0.12054482205301792],
  ['IZZI', 0.16586702410589188],
  ['XXYY', -0.04532220205287396],
  ['XYYX', 0.04532220205287396],
  ['YXXY', 0.04532220205287396],
  ['YYXX', -0.04532220205287396],
  ['ZIII', 0.17119774903432994],
  ['ZIIZ', 0.16586702410589188],
  ['ZIZI', 0.12054482205301792],
  ['ZZII', 0.1686221915892094],
];

/**
 * The electronic Hamiltonian of H₂ in STO-3G at 0.7414 Å, nuclear repulsion included, in hartree: 4 qubits,
 * Jordan–Wigner, spin orbitals 1↑ 1↓ 2↑ 2↓. Its ground energy is −1.13727 Ha, that of the Hartree–Fock state |1100⟩
 * (qubits 0 and 1) −1.11668 Ha. Coefficients are from PySCF and OpenFermion and were compared with PennyLane:
 * golden/h2_hamiltonian.py.
 */
export const hydrogenMolecule = (): Observable => ({
  terms: TERMS.map(([paulis, coefficient]) => ({ coefficient, paulis })),
});
