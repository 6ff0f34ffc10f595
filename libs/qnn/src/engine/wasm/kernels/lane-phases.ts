import type { Shape } from '../lowering/shape.ts';
import { type Int, int, type Kernel, type Local, vec, writeKernel } from '../printing/ir.ts';
import { gatherCoset } from './group.ts';
import { signedBy, topBit, writeMaskedSums } from './masked-sums.ts';
import { applyPhase } from './phases.ts';
import type { Table } from './table.ts';

const ALONE = { key: '', qubits: [], offsets: [0] };

/**
 * `phases-…(coefficients, out)`: each sample's table of Π exp(−i·a/2·Z_mask), from pairs (cos a/2, sin a/2), by doubling: the
 * table of the first q + 1 qubits from that of the first q.
 */
export function phaseTableKernel(shape: Shape, masks: readonly number[], signs: number): Kernel {
  const { qubits, vectorBytes, planeBytes } = shape;
  return writeKernel(`phases-${masks.join('_')}`, 2, (w) => {
    const [coefficients, out] = [w.parameter(0), w.parameter(1)];
    w.store(out, 0, vec.constant(1));
    w.store(out, planeBytes, vec.constant(0));
    for (let q = 0; q < qubits; q++) {
      const half = vectorBytes << q;
      const here = masks.flatMap((mask, i) => {
        if (topBit(mask) !== q) return [];
        const load = (which: number) => w.vector(vec.load(coefficients, (2 * i + which) * vectorBytes));
        return [{ rest: mask ^ (1 << q), cosine: load(0), sine: load(1) }];
      });
      w.loop(int.constant(0), int.constant(half), vectorBytes, (at) => {
        const address = w.int(int.add(out, at));
        const table = [w.vector(vec.load(address)), w.vector(vec.load(address, planeBytes))] as const;
        let [low, high]: (readonly [Local, Local])[] = [table, table];
        for (const { rest, cosine, sine } of here) {
          const signed = w.vector(signedBy(w, sine, rest, at, signs, shape));
          const named = ([re, im]: ReturnType<typeof applyPhase>) => [w.vector(re), w.vector(im)] as const;
          [low, high] = [
            named(applyPhase(low[0], low[1], [cosine, signed], 'inverse')),
            named(applyPhase(high[0], high[1], [cosine, signed], 'forward')),
          ];
        }
        [0, 1].forEach((plane) => {
          if (here.length > 0) w.store(address, plane * planeBytes, low[plane]);
          w.store(address, plane * planeBytes + half, high[plane]);
        });
      });
    }
  });
}

/**
 * `moveTable…(after, before, out)`: the table `after`, by the index before the map; with `both`, times the table
 * `before`.
 */
export function moveTableKernel(shape: Shape, images: Table, both: boolean): Kernel {
  return writeKernel(`moveTable${both ? 'Both' : ''}-${images.key}`, 3, (w) => {
    const plane = shape.planeBytes;
    w.loop(int.constant(0), int.constant(plane), shape.vectorBytes, (at) => {
      const [image] = gatherCoset(w, ALONE, images, at, shape);
      const [after, before, out] = [image, at, at].map((offset, i) => w.int(int.add(w.parameter(i), offset)));
      const [re, im] = [0, plane].map((offset) => w.vector(vec.load(after, offset)));
      const other = [0, plane].map((offset) => w.vector(vec.load(before, offset))) as [Local, Local];
      const [outRe, outIm] = both ? applyPhase(re, im, other, 'forward') : [re, im];
      w.store(out, 0, outRe);
      w.store(out, plane, outIm);
    });
  });
}

/** `phaseDerivatives-…(w, out)`: Σ_k (−1)^|k ∧ mask|·w_k for every mask, with w read through a map. */
export function phaseDerivativesKernel(
  shape: Shape,
  masks: readonly number[],
  sources: Table,
  memory: { readonly scratch: number; readonly signs: number },
): Kernel {
  return writeKernel(`phaseDerivatives-${sources.key}-${masks.join('_')}`, 2, (w) => {
    const load = (at: Int) => {
      const [source] = gatherCoset(w, ALONE, sources, at, shape);
      return vec.load(w.int(int.add(w.parameter(0), source)));
    };
    writeMaskedSums(w, masks, { ...memory, load, out: w.parameter(1), shape });
  });
}
