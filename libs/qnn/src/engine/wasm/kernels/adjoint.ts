import type { Shape } from '../lowering/shape.ts';
import { type Int, int, type Kernel, type Local, type Vector, vec, type Writer, writeKernel } from '../printing/ir.ts';
import { forEachCoset, type Group, gatherCoset } from './group.ts';
import { applyPhase, loadPhase, type PhaseKind } from './phases.ts';
import { addDerivatives, loadCoefficients, rotate } from './rotations.ts';
import type { Table } from './table.ts';

/**
 * Handling of w_k = Im(conj(λ_k)·φ_k), whose signed sums are the phases' derivatives:
 * - 'none': no phase is trainable
 * - 'fold': summed over samples, after summing over the group's own qubits in registers
 * - 'add': summed over samples
 * - 'store': stored for each sample
 */
export type PhaseDerivatives = 'none' | 'fold' | 'add' | 'store';

/** How a link is traversed backwards. */
export interface BackwardLink {
  /** The map's table. */
  readonly images: Table;
  readonly phases: PhaseKind;
  readonly derivatives: PhaseDerivatives;
}

const keyOf = ({ images, phases, derivatives }: BackwardLink) => `${phases}-${derivatives}-${images.key}`;

/** Handles w of one coset; the sums of the group's own qubits, which 'fold' needs, are in `single`. */
function keepW(
  writer: Writer,
  values: readonly Local[],
  group: Group,
  kind: PhaseDerivatives,
  single: readonly Local[],
  address: Int,
): void {
  if (kind === 'store' || kind === 'add') {
    values.forEach((value, h) => {
      const old = vec.load(address, group.offsets[h]);
      writer.store(address, group.offsets[h], kind === 'add' ? vec.add(old, value) : value);
    });
    return;
  }
  let rest = [...values];
  for (let bit = group.qubits.length - 1; bit >= 0; bit--) {
    const half = 1 << bit;
    rest = Array.from({ length: half }, (_, h) => {
      writer.set(single[bit], vec.add(single[bit], vec.sub(rest[h], rest[h + half])));
      return writer.vector(vec.add(rest[h], rest[h + half]));
    });
  }
  writer.store(address, 0, vec.add(vec.load(address), rest[0]));
}

/** Loads the running sums of a group's own qubits, if they are kept. */
const loadSingles = (w: Writer, group: Group, kind: PhaseDerivatives, address: Int, { vectorBytes }: Shape): Local[] =>
  kind === 'fold' ? group.qubits.map((_, i) => w.vector(vec.load(address, i * vectorBytes))) : [];

const storeSingles = (w: Writer, singles: readonly Local[], address: Int, { vectorBytes }: Shape): void =>
  singles.forEach((single, i) => {
    w.store(address, i * vectorBytes, single);
  });

/**
 * `back…(lambda, to, phi, phases, coefficients, derivatives, w, singles)`: propagates λ back through a link, from
 * `lambda` to `to`, and then through the layer's last group: derivatives, inverse rotation. `phi` is the state before
 * the link; if states are not kept, it is the state after the link and is propagated back with λ to `phiTo`, the ninth
 * parameter.
 */
export function backLinkKernel(shape: Shape, group: Group, link: BackwardLink, keepsStates: boolean): Kernel {
  const { images, phases, derivatives } = link;
  const parameters = keepsStates ? 8 : 9;
  return writeKernel(`back-${keyOf(link)}-${group.key}`, parameters, (w) => {
    const [lambda, to, phi, table] = [0, 1, 2, 3].map(w.parameter);
    const [slots, wAddress, singlesAddress] = [5, 6, 7].map(w.parameter);
    const coefficients = loadCoefficients(w, w.parameter(4), group.qubits.length, shape);
    const sums = group.qubits.map(() => w.vector(vec.constant(0)));
    const singles = loadSingles(w, group, derivatives, singlesAddress, shape);
    forEachCoset(w, group, shape, (at) => {
      const planes = { l: [[], []] as Local[][], x: [[], []] as Vector[][] };
      const here = w.int(int.add(phi, at));
      gatherCoset(w, group, images, at, shape).forEach((image, h) => {
        const phase =
          phases === 'none' ? null : loadPhase(w, phases, table, int.add(at, int.constant(group.offsets[h])), shape);
        const fetch = (state: Int) => {
          const address = w.int(int.add(state, image));
          const [re, im] = [0, shape.planeBytes].map((plane) => w.vector(vec.load(address, plane)));
          return phase ? applyPhase(re, im, phase, 'inverse').map((part) => w.vector(part)) : [re, im];
        };
        const l = fetch(lambda);
        // As in unrotate, λ alone uses all registers.
        const x = keepsStates
          ? [0, shape.planeBytes].map((plane) => vec.load(here, group.offsets[h] + plane))
          : fetch(phi);
        for (const i of [0, 1]) {
          planes.l[i].push(l[i]);
          planes.x[i].push(x[i]);
        }
      });
      if (derivatives !== 'none') {
        const values = group.offsets.map((_, h) =>
          w.vector(vec.nmadd(planes.l[1][h], planes.x[0][h], vec.mul(planes.l[0][h], planes.x[1][h]))),
        );
        keepW(w, values, group, derivatives, singles, w.int(int.add(wAddress, at)));
      }
      const target = w.int(int.add(to, at));
      const phiTarget = keepsStates ? null : w.int(int.add(w.parameter(8), at));
      for (const plane of [0, 1]) {
        const [l, x] = [planes.l[plane], planes.x[plane]];
        addDerivatives(w, l, x, sums);
        rotate(w, l, coefficients, 'inverse');
        if (phiTarget) rotate(w, x as Local[], coefficients, 'inverse');
        group.offsets.forEach((offset, h) => {
          w.store(target, offset + plane * shape.planeBytes, l[h]);
          if (phiTarget) w.store(phiTarget, offset + plane * shape.planeBytes, x[h]);
        });
      }
    });
    storeSingles(w, sums, slots, shape);
    storeSingles(w, singles, singlesAddress, shape);
  });
}

/**
 * `unrotate-…(lambda, phi, coefficients, derivatives)`: derivatives of one group, and its inverse rotation in place.
 */
export function unrotateKernel(shape: Shape, group: Group, keepsStates: boolean): Kernel {
  return writeKernel(`unrotate-${group.key}`, 4, (w) => {
    const coefficients = loadCoefficients(w, w.parameter(2), group.qubits.length, shape);
    const sums = group.qubits.map(() => w.vector(vec.constant(0)));
    w.loop(int.constant(0), int.constant(shape.stateBytes), shape.planeBytes, (plane) => {
      const [lambda, phi] = [0, 1].map((i) => w.int(int.add(w.parameter(i), plane)));
      forEachCoset(w, group, shape, (at) => {
        const [from, state] = [lambda, phi].map((base) => w.int(int.add(base, at)));
        const l = group.offsets.map((offset) => w.vector(vec.load(from, offset)));
        // Eight amplitudes of each state exceed V8's registers: those of φ are loaded where they are used.
        const inPlace = keepsStates && group.qubits.length > 2;
        const loads = group.offsets.map((offset) => vec.load(state, offset));
        const x = inPlace ? loads : loads.map((load) => w.vector(load));
        addDerivatives(w, l, x, sums);
        rotate(w, l, coefficients, 'inverse');
        if (!keepsStates) rotate(w, x as Local[], coefficients, 'inverse');
        group.offsets.forEach((offset, h) => {
          w.store(from, offset, l[h]);
          if (!keepsStates) w.store(state, offset, x[h]);
        });
      });
    });
    storeSingles(w, sums, w.parameter(3), shape);
  });
}

/**
 * `backFirst…(lambda, to, phi, phases, w, singles)`: propagates λ back through the first link. The state before it is
 * real, so only λ's real plane goes to `to`.
 */
export function backFirstKernel(shape: Shape, group: Group, link: BackwardLink): Kernel {
  const { images, phases, derivatives } = link;
  return writeKernel(`backFirst-${keyOf(link)}-${group.key}`, 6, (w) => {
    const [lambda, to, phi, table, wAddress, singlesAddress] = [0, 1, 2, 3, 4, 5].map(w.parameter);
    const singles = loadSingles(w, group, derivatives, singlesAddress, shape);
    forEachCoset(w, group, shape, (at) => {
      const target = w.int(int.add(to, at));
      const here = w.int(int.add(phi, at));
      const values: Local[] = [];
      gatherCoset(w, group, images, at, shape).forEach((image, h) => {
        const address = w.int(int.add(lambda, image));
        const re = w.vector(vec.load(address));
        if (phases === 'none') {
          w.store(target, group.offsets[h], re);
          return;
        }
        const im = w.vector(vec.load(address, shape.planeBytes));
        const phase = loadPhase(w, phases, table, int.add(at, int.constant(group.offsets[h])), shape);
        const [outRe, outIm] = applyPhase(re, im, phase, 'inverse');
        w.store(target, group.offsets[h], outRe);
        if (derivatives === 'none') return;
        const minus = vec.sub(vec.constant(0), outIm);
        values.push(w.vector(vec.mul(minus, vec.load(here, group.offsets[h]))));
      });
      if (derivatives !== 'none') keepW(w, values, group, derivatives, singles, w.int(int.add(wAddress, at)));
    });
    storeSingles(w, singles, singlesAddress, shape);
  });
}

/**
 * `unproduct(lambda, coefficients, tree, derivatives)`: the reverse of `product`: each qubit's derivative; overwrites
 * λ.
 */
export function unproductKernel({ qubits, vectorBytes }: Shape): Kernel {
  return writeKernel('unproduct', 4, (w) => {
    const [lambda, coefficients, tree, derivatives] = [0, 1, 2, 3].map(w.parameter);
    for (let q = qubits - 1; q >= 0; q--) {
      const cosine = w.vector(vec.load(coefficients, 2 * q * vectorBytes));
      const sine = w.vector(vec.load(coefficients, (2 * q + 1) * vectorBytes));
      const [byCosine, bySine] = [w.vector(vec.constant(0)), w.vector(vec.constant(0))];
      const half = vectorBytes << q;
      w.loop(int.constant(0), int.constant(half), vectorBytes, (at) => {
        const address = w.int(int.add(lambda, at));
        const low = w.vector(vec.load(address));
        const high = w.vector(vec.load(address, half));
        const state = w.vector(vec.load(w.int(int.add(tree, at)), half));
        w.set(byCosine, vec.madd(low, state, byCosine));
        w.set(bySine, vec.madd(high, state, bySine));
        w.store(address, 0, vec.madd(sine, high, vec.mul(cosine, low)));
      });
      w.store(derivatives, q * vectorBytes, vec.nmadd(sine, byCosine, vec.mul(cosine, bySine)));
    }
  });
}
