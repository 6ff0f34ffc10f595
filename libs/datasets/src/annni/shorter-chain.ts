import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { parsePauliString } from './pauli-string.ts';

/**
 * The Pauli string on a chain of `to` spins that corresponds to `text` on one of `from` spins. The distances between its
 * qubits stay, so that X3X4 remains a bond of neighbours and X3X5 one of next neighbours; its place between the two ends of the
 * open chain stays in proportion: of a string over qubits a … a + s the first qubit becomes
 * round(a·(to − 1 − s)/(from − 1 − s)). Ends map to ends and the middle to the middle: of 8 spins, Z3, X3X4, X3X5, Z0 become
 * Z1, X1X2, X1X3, Z0 of 4 and Z2, X2X3, X2X4, Z0 of 6. Throws DatasetError if the string is longer than the chain.
 */
export function onShorterChain(text: string, from: number, to: number): string {
  const compact = parsePauliString(text, from).text;
  const qubits = [...compact.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const first = Math.min(...qubits);
  const span = Math.max(...qubits) - first;
  if (span > to - 1) {
    throw new DatasetError(
      'observables',
      `observables: '${compact}' covers ${span + 1} spins and does not fit ${to}; give at least ${span + 1} spins, or ` +
        'observables of the shorter chain in the same order',
    );
  }
  const room = from - 1 - span;
  const moved = room === 0 ? 0 : Math.round((first * (to - 1 - span)) / room);
  return compact.replaceAll(/\d+/g, (digits) => String(Number(digits) - first + moved));
}
