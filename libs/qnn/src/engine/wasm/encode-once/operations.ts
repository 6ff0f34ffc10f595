import { topBit } from '../kernels/masked-sums.ts';
import { splitQubits } from '../lowering/group-sizes.ts';
import type { Structure } from '../lowering/structure.ts';
import { type Encoding, encodingSize } from './encoding.ts';

/**
 * Number of multiplications and additions of forward and adjoint for one row, with both methods. Loads, stores and the
 * work of the host are not counted.
 */
export interface Operations {
  /** Row by row through U(θ). */
  readonly rowWise: number;
  /** Over moments: per row. */
  readonly perRow: number;
  /** Over moments: once per parameter vector. In the same units as the others. */
  readonly perVector: number;
}

/** Cosine and sine of an input's angle, in float64 even for float32 engines: kernels/trigonometry.ts. */
const ANGLE = 80;

/**
 * Counts operations. A layer that rotates r of n qubits in g passes takes 2·2ⁿ·(2r + g) forward, as much again for λ, and 4r·2ⁿ for
 * derivatives; phases 6·2ⁿ each time, and 3·2ⁿ for w. K observables over F moments take F to make moments, 2·K·F for
 * expectations, 2·K·F to collect cotangents. Once for a parameter vector: every one of C columns goes through U(θ) twice
 * forward and once backward; each of C² pairs of columns is measured and takes part in λ.
 */
export function countOperations(structure: Structure, encoding: Encoding): Operations {
  const size = 2 ** structure.circuit.qubits;
  let forward = 0;
  let backward = 0;
  structure.layers.forEach(({ qubits, link }, l) => {
    // The first layer is a tree of products.
    const rotations = l === 0 ? 2 * size : 2 * size * (2 * qubits.length + splitQubits(qubits).length);
    const phases = link.phases === 'none' ? 0 : 6 * size;
    forward += rotations + phases;
    backward += rotations + (l === 0 ? 0 : 4 * size * qubits.length) + phases + (link.trainable ? 3 * size : 0);
  });
  const { masks, flips, terms, observables } = structure.readout;
  // Z strings are evaluated by folding 2ⁿ numbers in halves, down to each string's highest qubit; strings with X or Y
  // take one pass each.
  const folded = masks.reduce((total, mask) => total + 2 ** topBit(mask), 0);
  const flipped = size * flips.reduce((total, flip) => total + 4 + 2 * flip.terms.length, 0);
  const measured = (masks.length > 0 ? 4 * size : 0) + 2 * folded + flipped;
  const seeded = 3 * folded + flipped;
  const { columns, moments } = encodingSize(encoding);
  const outputs = observables.length;
  const angles = encoding.kind === 'rotations' ? ANGLE * encoding.slots.length : 0;
  const pair = measured + seeded + (masks.length > 0 ? 4 * size : 0) + 2 * terms + 4 * outputs;
  return {
    rowWise: angles + forward + backward + measured + seeded + 2 * size,
    perRow: angles + moments * (1 + 4 * outputs),
    perVector: columns * (2 * forward + backward) + columns ** 2 * pair,
  };
}

/** Assumed number of rows of a batch, since the method is chosen before the first batch. */
export const ASSUMED_ROWS = 256;

/**
 * Maximum number of rows of a mini-batch for which columns are considered: with more rows they would usually waste
 * memory.
 */
export const MOST_ROWS = 1024;

/**
 * Whether moments are less work for a parameter vector with this number of rows: by a quarter, since the kernels over
 * pairs of columns are short and do fewer operations per second. When the count was lower by a factor of 1.06 to 1.14,
 * they took as long as rows or a tenth longer.
 */
export const takesColumns = ({ rowWise, perRow, perVector }: Operations, rows: number): boolean =>
  perVector + rows * perRow < 0.75 * rows * rowWise;
