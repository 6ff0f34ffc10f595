import { parity } from '@qloom/quantum/simulation/statevector.ts';
import { topBit } from '../kernels/masked-sums.ts';
import { isIdentity, mapTable, transposeApply } from './affine-map.ts';
import { bits } from './lower.ts';
import type { PlannedLink } from './structure.ts';

/** A complex table, by the index before the map. */
export interface PhaseTable {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * Writes the phases of a link that are the same for all samples; `angles` are those of `before`, then of `after`. The
 * global phase is chosen such that the first entry is 1: then Clifford gates give 1, i, −1, −i, which are exact in
 * float32, and a deep circuit's norm does not drift.
 */
export function createPhaseTable(link: PlannedLink, qubits: number): (angles: ArrayLike<number>) => PhaseTable {
  const size = 2 ** qubits;
  const create = (): PhaseTable => ({ re: new Float64Array(size), im: new Float64Array(size) });
  const out = create();
  const masks = [link.before, link.after].map((strings) => strings.map((string) => string.mask));
  const images = masks[1].length === 0 || isIdentity(link.map) ? null : mapTable(link.map, 1);
  const second = masks[1].length === 0 ? null : create();
  return (angles) => {
    double(out, masks[0], angles, 0, qubits);
    if (!second) return out;
    double(second, masks[1], angles, masks[0].length, qubits);
    for (let k = 0; k < size; k++) {
      const image = images ? images[k] : k;
      const [re, im] = [out.re[k], out.im[k]];
      out.re[k] = re * second.re[image] - im * second.im[image];
      out.im[k] = re * second.im[image] + im * second.re[image];
    }
    return out;
  };
}

/** Π exp(−i·a/2·(Z_mask − 1)): the table of q + 1 qubits from that of q. */
function double(
  { re, im }: PhaseTable,
  masks: readonly number[],
  angles: ArrayLike<number>,
  first: number,
  qubits: number,
): void {
  let global = 0;
  for (let i = 0; i < masks.length; i++) global += angles[first + i] / 2;
  re[0] = Math.cos(global);
  im[0] = Math.sin(global);
  for (let q = 0; q < qubits; q++) {
    const half = 1 << q;
    for (let k = 0; k < half; k++) {
      re[half + k] = re[k];
      im[half + k] = im[k];
    }
    for (let i = 0; i < masks.length; i++) {
      if (topBit(masks[i]) !== q) continue;
      const rest = masks[i] ^ half;
      const c = Math.cos(angles[first + i] / 2);
      const s = Math.sin(angles[first + i] / 2);
      for (let k = 0; k < half; k++) {
        const sign = rest === 0 || parity(k & rest) === 0 ? s : -s;
        const [a, b, d, e] = [re[k], im[k], re[half + k], im[half + k]];
        re[k] = a * c + b * sign;
        im[k] = b * c - a * sign;
        re[half + k] = d * c - e * sign;
        im[half + k] = e * c + d * sign;
      }
    }
  }
}

/** The derivatives of a link's strings from the sums of w over samples, one for each amplitude before the map. */
export function phaseDerivatives(link: PlannedLink, w: Float64Array, out: Float64Array): void {
  const { before, after, map } = link;
  const masks = [
    ...before.map(({ mask }) => ({ mask, sign: 1 })),
    ...after.map(({ mask }) => ({ mask: transposeApply(map, mask), sign: parity(mask & map.offset) ? -1 : 1 })),
  ];
  masks.forEach(({ mask, sign }, i) => {
    let total = 0;
    for (let k = 0; k < w.length; k++) total += parity(k & mask) ? -w[k] : w[k];
    out[i] = sign * total;
  });
}

/**
 * Prepares {@link phaseDerivatives} for masks of one qubit each, with the sums over `grouped` qubits already computed:
 * `w` has values where these qubits are 0, `singles` the derivatives of these qubits. The returned function overwrites
 * `w`.
 */
export function createFoldedDerivatives(
  { before, after }: PlannedLink,
  grouped: readonly number[],
  qubits: number,
): (w: Float64Array, singles: ArrayLike<number>, out: Float64Array) => void {
  const groupMask = grouped.reduce((mask, q) => mask | (1 << q), 0);
  const others = Array.from({ length: qubits }, (_, i) => qubits - 1 - i).filter((q) => !((groupMask >> q) & 1));
  const byQubit = new Float64Array(qubits);
  const qubitOf = Int32Array.from(before, ({ mask }) => (bits(mask) === 1 ? topBit(mask) : -1));
  return (w, singles, out) => {
    for (let i = 0; i < grouped.length; i++) byQubit[grouped[i]] = singles[i];
    for (const q of others) {
      const half = 1 << q;
      const mask = groupMask & (half - 1);
      let total = 0;
      for (let k = 0; k < half; k++) {
        if (k & mask) continue;
        total += w[k] - w[k + half];
        w[k] += w[k + half];
      }
      byQubit[q] = total;
    }
    for (let i = 0; i < qubitOf.length; i++) out[i] = qubitOf[i] < 0 ? 0 : byQubit[qubitOf[i]];
    out.fill(0, qubitOf.length, qubitOf.length + after.length);
  };
}
