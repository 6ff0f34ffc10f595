/**
 * The ANNNI chain H = −ΣX_iX_{i+1} + κΣX_iX_{i+2} − hΣZ_i with open ends, in the part of its space that holds the
 * ground state.
 *
 * In the X basis the bonds are diagonal and every off-diagonal element is −h ≤ 0, so by Perron and Frobenius the ground
 * state has no negative amplitude, and is even under every symmetry that permutes basis states: the flip of all spins
 * (this is ΠZ = +1) and the mirror image of the chain. One basis vector per orbit of the two is enough: 72 instead of
 * 256 for 8 spins.
 */
export interface AnnniSector {
  readonly spins: number;
  /** Number of orbits. */
  readonly dimension: number;
  /** −ΣX_iX_{i+1} of each orbit. */
  readonly nearest: Float64Array;
  /** ΣX_iX_{i+2} of each orbit. */
  readonly next: Float64Array;
  /** ΣZ_i as a sparse matrix in rows: elements `rowStart[o] … rowStart[o+1] − 1` of `column` and `value`. */
  readonly rowStart: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
  /** Orbit of each of the 2^spins states, and the number of states of each orbit. */
  readonly orbitOf: Int32Array;
  readonly orbitSize: Float64Array;
}

function mirrored(state: number, spins: number): number {
  let image = 0;
  for (let i = 0; i < spins; i++) if (state & (1 << i)) image |= 1 << (spins - 1 - i);
  return image;
}

function bondSum(state: number, spins: number, distance: number): number {
  let sum = 0;
  for (let i = 0; i + distance < spins; i++) sum += ((state >> i) ^ (state >> (i + distance))) & 1 ? -1 : 1;
  return sum;
}

/** Builds the sector for a chain of `spins` spins: 3 … 14 in this library. */
export function createAnnniSector(spins: number): AnnniSector {
  const states = 1 << spins;
  const orbitOf = new Int32Array(states).fill(-1);
  const representatives: number[] = [];
  const sizes: number[] = [];
  for (let state = 0; state < states; state++) {
    if (orbitOf[state] >= 0) continue;
    const image = mirrored(state, spins);
    const members = new Set([state, image, state ^ (states - 1), image ^ (states - 1)]);
    for (const member of members) orbitOf[member] = representatives.length;
    representatives.push(state);
    sizes.push(members.size);
  }
  const dimension = representatives.length;
  const rowStart = new Int32Array(dimension + 1);
  const column: number[] = [];
  const value: number[] = [];
  representatives.forEach((state, orbit) => {
    const reached = new Map<number, number>();
    for (let i = 0; i < spins; i++) {
      const target = orbitOf[state ^ (1 << i)];
      reached.set(target, (reached.get(target) ?? 0) + 1);
    }
    for (const [target, times] of reached) {
      column.push(target);
      value.push(times * Math.sqrt(sizes[orbit] / sizes[target]));
    }
    rowStart[orbit + 1] = column.length;
  });
  return {
    spins,
    dimension,
    nearest: Float64Array.from(representatives, (state) => -bondSum(state, spins, 1)),
    next: Float64Array.from(representatives, (state) => bondSum(state, spins, 2)),
    rowStart,
    column: Int32Array.from(column),
    value: Float64Array.from(value),
    orbitOf,
    orbitSize: Float64Array.from(sizes),
  };
}

/** out = H(κ, h)·v in the sector. */
export function applyAnnni(
  sector: AnnniSector,
  kappa: number,
  field: number,
  v: Float64Array,
  out: Float64Array,
): void {
  const { nearest, next, rowStart, column, value } = sector;
  for (let row = 0; row < sector.dimension; row++) {
    let flips = 0;
    for (let k = rowStart[row]; k < rowStart[row + 1]; k++) flips += value[k] * v[column[k]];
    out[row] = (nearest[row] + kappa * next[row]) * v[row] - field * flips;
  }
}

/** The sector's vector as a state of all spins in the X basis, shape [2^spins]. */
export function expandToStates(sector: AnnniSector, v: Float64Array): Float64Array {
  const state = new Float64Array(sector.orbitOf.length);
  for (let s = 0; s < state.length; s++) {
    const orbit = sector.orbitOf[s];
    state[s] = v[orbit] / Math.sqrt(sector.orbitSize[orbit]);
  }
  return state;
}
