import type { MemoryPlan } from '../lowering/memory-plan.ts';
import type { Shape } from '../lowering/shape.ts';
import type { Structure } from '../lowering/structure.ts';
import { type Encoding, type EncodingSize, encodingSize } from './encoding.ts';

/** Memory layout of the columns of U(θ) and of the data derived from them. */
export interface ColumnPlan extends EncodingSize {
  readonly encoding: Encoding;
  /** Blocks of columns: a lane is a column. */
  readonly columnBlocks: number;
  readonly outputs: number;
  /** Entries of kernel `combine` for each block of columns, `entryStride` bytes apart; 0 for amplitudes. */
  readonly entries: number;
  readonly entryStride: number;
  /**
   * Cosines and sines that the entries refer to: of every bit that differs between lanes, of a bit 0 and of a bit 1.
   */
  readonly bits: number;
  /** For amplitudes, each block's prepared state, `preparedStride` bytes apart. */
  readonly prepared: number;
  readonly preparedStride: number;
  /** U's columns, a state for each block. */
  readonly states: number;
  /** One matrix over columns for each output, `matrixBytes` apart; and the buffer into which they are folded. */
  readonly matrices: readonly [number, number];
  readonly matrixBytes: number;
  /** Coefficients of moments for each output, as numbers. */
  readonly table: number;
  /** Cotangent-weighted moments for each output, as vectors: of the last rows, and of all previous rows. */
  readonly totals: number;
  readonly sums: number;
  readonly sumsEnd: number;
  /** For amplitudes, the positions of a matrix's numbers among the moments. */
  readonly places: number;
  /** Values of terms for a pair of columns, and their weights. */
  readonly terms: number;
  /** Cosines and sines of whole encoded angles. */
  readonly circle: number;
  /** Derivatives with respect to a row's moments. */
  readonly lambda: number;
  /** Byte offsets of a row's outputs and cotangents in its block; for moments see BlockLayout. */
  readonly outputsAt: number;
  readonly cotangentsAt: number;
  readonly bytes: number;
}

/** Number of vectors of a block of rows for moments, outputs and cotangents. */
export const momentVectors = (encoding: Encoding, outputs: number): number =>
  encodingSize(encoding).moments + 2 * outputs;

/** Lays out the additional memory of a circuit that encodes once, after that of `memory`. Allocates nothing. */
export function planColumns(encoding: Encoding, structure: Structure, memory: MemoryPlan, shape: Shape): ColumnPlan {
  const size = encodingSize(encoding);
  const { moments, columns, order } = size;
  const { vectorBytes: v, numberBytes, lanes } = shape;
  const { observables, terms } = structure.readout;
  const outputs = observables.length;
  const columnBlocks = Math.ceil(columns / lanes);
  let top = memory.bytes;
  const allocate = (bytes: number): number => {
    const at = Math.ceil(top / 64) * 64;
    top = at + bytes;
    return at;
  };
  const rotations = encoding.kind === 'rotations' ? encoding.slots.length : 0;
  const entryStride = rotations > 0 ? 2 ** Math.ceil(Math.log2(12 * rotations)) : 0;
  const preparedStride = rotations > 0 ? 0 : order * v;
  // Numbers are written one after the other by stores of whole vectors, each overlapping the previous one: needs v more
  // bytes.
  const matrixBytes = order * order * numberBytes + v;
  return {
    ...{ encoding, ...size, columnBlocks, outputs, entryStride, preparedStride, matrixBytes },
    entries: allocate(entryStride * columnBlocks),
    bits: allocate(2 * v * (shape.laneShift + 2)),
    prepared: allocate(preparedStride * columnBlocks),
    states: allocate(columnBlocks * shape.stateBytes),
    matrices: [allocate(outputs * matrixBytes), allocate(outputs * matrixBytes)],
    table: allocate(outputs * moments * numberBytes + v),
    totals: allocate(outputs * moments * v),
    sums: allocate(outputs * moments * v),
    sumsEnd: top,
    places: allocate(rotations > 0 ? 0 : 4 * order * order),
    terms: allocate(terms * v),
    circle: allocate(2 * rotations * v),
    lambda: allocate(moments * v),
    outputsAt: memory.block.moments + moments * v,
    cotangentsAt: memory.block.moments + (moments + outputs) * v,
    bytes: top,
  };
}

/**
 * Constants that the host writes to memory once: the columns' own angles or amplitudes, and the positions of a matrix's
 * numbers.
 */
export function writeColumnConstants(
  plan: ColumnPlan,
  memory: MemoryPlan,
  shape: Shape,
  buffers: { readonly numbers: Float32Array | Float64Array; readonly words: Uint32Array },
): void {
  const { numbers, words } = buffers;
  const { lanes, numberBytes, vectorBytes: v, laneShift } = shape;
  const index = (address: number) => address / numberBytes;
  if (plan.encoding.kind === 'amplitudes') {
    for (let c = 0; c < plan.columns; c++) {
      const block = plan.prepared + Math.floor(c / lanes) * plan.preparedStride;
      numbers[index(block + c * v) + (c % lanes)] = 1;
    }
    words.set(packedPlaces(plan.encoding.count, plan.order, numberBytes), plan.places / 4);
    return;
  }
  const { slots } = plan.encoding;
  // |1⟩ is RY(π)|0⟩: the cosine is 0, the sine 1. For lanes beyond the columns both are 0, and so are their states.
  for (let bit = 0; bit < laneShift + 2; bit++) {
    for (let lane = 0; lane < lanes; lane++) {
      const one = bit < laneShift ? (lane >> bit) & 1 : bit - laneShift;
      if (lane < plan.columns) numbers[index(plan.bits + (2 * bit + one) * v) + lane] = 1;
    }
  }
  for (let block = 0; block < plan.columnBlocks; block++) {
    slots.forEach((slot, i) => {
      const bit = i < laneShift ? i : laneShift + ((block >> (i - laneShift)) & 1);
      const entry = [
        memory.shared + 2 * slot * numberBytes,
        plan.bits + 2 * bit * v,
        memory.coefficients + 2 * v * slot,
      ];
      words.set(entry, (plan.entries + block * plan.entryStride) / 4 + 3 * i);
    });
  }
}

/**
 * For every number of a symmetric matrix, row by row, its byte offset among those with i ≤ j < count; an arbitrary
 * offset beyond them.
 */
function packedPlaces(count: number, order: number, numberBytes: number): Uint32Array {
  const places = new Uint32Array(order * order);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const [low, high] = [Math.min(i, j), Math.max(i, j)];
      places[i * order + j] = numberBytes * (low * count - (low * (low - 1)) / 2 + high - low);
    }
  }
  return places;
}
