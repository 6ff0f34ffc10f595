import type { PhaseDerivatives } from '../kernels/adjoint.ts';
import { createGroup, type Group } from '../kernels/group.ts';
import { areSingles } from '../kernels/masked-sums.ts';
import type { Table } from '../kernels/table.ts';
import { type AffineMap, identityMap, invertMap, isIdentity } from './affine-map.ts';
import { splitQubits } from './group-sizes.ts';
import type { Shape } from './shape.ts';
import type { PlannedLink, Structure } from './structure.ts';

/** Addresses of the data of one link. */
export interface LinkMemory {
  /** Tables of the map and of its inverse. */
  readonly images: Table;
  readonly sources: Table;
  /** Phases by the index before the map. */
  readonly phases: number;
  readonly derivatives: PhaseDerivatives;
  /** Σ of w over samples, or w of each sample; and, with 'fold', the sums of the last group's own qubits. */
  readonly w: number;
  readonly singles: number;
}

/** Addresses of the data of one layer. */
export interface LayerMemory {
  readonly groups: readonly Group[];
  /** The state after each group's rotation; the same address for all if states are not kept. */
  readonly states: readonly number[];
  readonly link: LinkMemory;
}

/** Byte offsets of inputs and outputs within a block of rows, lane by lane. */
export interface BlockLayout {
  /** Features in float64, and in the engine's precision. */
  readonly features: number;
  readonly values: number;
  /** The state prepared from inputs; after the backward sweep, the inputs' gradients before normalization. */
  readonly amplitudes: number;
  /** ⟨term⟩, and the weight of each term in λ. */
  readonly expectations: number;
  readonly weights: number;
  /** Moments, outputs and their cotangents of encode-once/column-plan.ts. */
  readonly moments: number;
  readonly featureGradients: number;
  readonly bytes: number;
}

/** Addresses of everything in a compiled circuit's memory. */
export interface MemoryPlan {
  readonly keepsStates: boolean;
  readonly signs: number;
  readonly layers: readonly LayerMemory[];
  /** The last permutation. */
  readonly readout: { readonly images: Table; readonly sources: Table };
  /** The identity, which needs no table. */
  readonly straight: Table;
  /** Coefficients of slot s are at + 2·s vectors, its derivative at + s vectors. */
  readonly coefficients: number;
  readonly derivatives: number;
  /** Cosine and sine of the part of slot s that all samples share, as numbers: at + 2·s numbers. */
  readonly shared: number;
  /**
   * Weights of terms with an input: half the weights in float64 for angles, and the weights in the engine's precision
   * for gradients.
   */
  readonly halfWeights: number;
  readonly weights: number;
  /** Angles of samples in float64, and their cosines and sines. */
  readonly angles: number;
  readonly sincos: number;
  /** Entries for the kernels of kernels/angles.ts; filled by parameter-plan.ts. */
  readonly entries: number;
  /** Sums over the samples of a chunk: cleared before it, read after it. */
  readonly totals: number;
  readonly totalsEnd: number;
  readonly tree: number;
  readonly scratch: number;
  readonly operator: number;
  readonly lambda: readonly [number, number];
  /** Tables of phases after and before a map, from which one table is computed. */
  readonly tables: readonly [number, number];
  readonly block: BlockLayout;
  readonly blocks: number;
  readonly bytes: number;
}

/** Sizes that a memory plan needs in addition to the structure. */
export interface PlanSizes {
  /** Angles of samples, terms with an input, and sums over samples. */
  readonly angles: number;
  readonly weights: number;
  readonly totals: number;
  readonly entryBytes: number;
  /** Products of inputs in angles, and the inputs. */
  readonly features: number;
  /** Number of vectors of a block of rows for the moments of encode-once/column-plan.ts. */
  readonly momentVectors: number;
  /** Number of blocks of rows in memory at once. */
  readonly blockCount: number;
  /** Keep the state after every group for the backward sweep; otherwise it is un-computed. */
  readonly keepsStates: boolean;
}

/** Lays out a compiled circuit's memory. Allocates nothing. */
export function planMemory(structure: Structure, shape: Shape, sizes: PlanSizes): MemoryPlan {
  const { layers, slots } = structure;
  const { vectorBytes: v, numberBytes, planeBytes, stateBytes } = shape;
  const size = 2 ** shape.qubits;
  let top = 64;
  const allocate = (bytes: number): number => {
    const at = Math.ceil(top / 64) * 64;
    top = at + bytes;
    return at;
  };
  const tables = new Map<string, number>();
  const table = (map: AffineMap, inverse: boolean): Table => {
    if (isIdentity(map)) return { key: 'id', map, address: 0 };
    const name = `${inverse ? 'inverse' : 'forward'} ${map.rows} ${map.offset}`;
    const known = tables.get(name);
    const address = known ?? allocate(4 * size);
    tables.set(name, address);
    return { key: `t${address}`, map, address };
  };
  const keep = sizes.keepsStates;
  const signs = allocate(2 * numberBytes);
  const coefficients = allocate(2 * slots.length * v);
  const derivatives = allocate(slots.length * v);
  const shared = allocate(2 * slots.length * numberBytes);
  const halfWeights = allocate(8 * sizes.weights);
  const weights = allocate(numberBytes * sizes.weights);
  const angles = allocate(8 * shape.lanes * sizes.angles);
  const sincos = allocate(2 * v * sizes.angles);
  const entries = allocate(sizes.entryBytes);
  const maps = layers.map(({ link }) => ({ images: table(link.map, false), sources: table(invert(link.map), true) }));
  const groups = layers.map(({ qubits }) =>
    (qubits.length === 0 ? [[]] : splitQubits(qubits)).map((some) => createGroup(some, shape)),
  );
  const kinds = layers.map(({ link }, l) => derivativesOf(link, groups[l][groups[l].length - 1]));
  const totals = allocate(sizes.totals * v);
  const sums = kinds.map((kind, l) => ({
    w: kind === 'fold' || kind === 'add' ? allocate(planeBytes) : 0,
    singles: kind === 'fold' ? allocate(groups[l][groups[l].length - 1].qubits.length * v) : 0,
  }));
  const totalsEnd = Math.ceil(top / 64) * 64;
  const ownW = kinds.includes('store') ? allocate(planeBytes) : 0;
  const lanePhases = layers.some(({ link }) => link.phases === 'lane');
  const oneTable = lanePhases && !keep ? allocate(stateBytes) : 0;
  const phases = layers.map(({ link }) => {
    if (link.phases === 'shared') return allocate(2 * size * numberBytes);
    return link.phases === 'lane' ? oneTable || allocate(stateBytes) : 0;
  });
  const both = [0, 1].map(() => (lanePhases ? allocate(stateBytes) : 0)) as [number, number];
  const tree = allocate(2 * planeBytes);
  // The offset of 128 bytes prevents states from mapping to the same cache lines.
  const turns = keep ? [0, 0] : [allocate(stateBytes + 128), allocate(stateBytes + 128)];
  const states = groups.map((some, l) => {
    if (l === 0) return some.map(() => tree + planeBytes);
    return some.map(() => (keep ? allocate(stateBytes + 128) : turns[l & 1]));
  });
  const lambda = [allocate(stateBytes + 128), allocate(stateBytes + 128)] as const;
  const scratch = allocate(planeBytes + 128);
  const operator = allocate(planeBytes + 128);
  const block = planBlock(sizes, structure, shape);
  const blocks = allocate(block.bytes * sizes.blockCount);
  return {
    keepsStates: keep,
    signs,
    layers: layers.map((_, l) => ({
      groups: groups[l],
      states: states[l],
      link: {
        ...maps[l],
        phases: phases[l],
        derivatives: kinds[l],
        w: kinds[l] === 'store' ? ownW : sums[l].w,
        singles: sums[l].singles,
      },
    })),
    readout: maps[maps.length - 1],
    straight: table(identityMap(shape.qubits), false),
    ...{ coefficients, derivatives, shared, halfWeights, weights, angles, sincos, entries, totals, totalsEnd },
    ...{ tree, scratch, operator, lambda, tables: both, block, blocks, bytes: top },
  };
}

function planBlock(
  { features, momentVectors }: PlanSizes,
  structure: Structure,
  { lanes, vectorBytes }: Shape,
): BlockLayout {
  const { terms } = structure.readout;
  const values = 8 * lanes * features;
  const amplitudes = values + vectorBytes * features;
  const expectations = amplitudes + vectorBytes * (structure.circuit.preparation?.inputs ?? 0);
  const weights = expectations + vectorBytes * terms;
  const moments = weights + vectorBytes * terms;
  const featureGradients = moments + vectorBytes * momentVectors;
  const bytes = Math.max(64, featureGradients + vectorBytes * features);
  return { features: 0, values, amplitudes, expectations, weights, moments, featureGradients, bytes };
}

function derivativesOf(link: PlannedLink, last: Group): PhaseDerivatives {
  if (!link.trainable) return 'none';
  if (link.phases === 'lane') return 'store';
  const trainable = [...link.before, ...link.after].filter(({ angle }) => angle.terms.length > 0);
  const folds = last.qubits.length > 0 && !link.after.some((string) => trainable.includes(string));
  return folds && areSingles(trainable.map((string) => string.mask)) ? 'fold' : 'add';
}

function invert(map: AffineMap): AffineMap {
  return isIdentity(map) ? identityMap(map.rows.length) : invertMap(map);
}
