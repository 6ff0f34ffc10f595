import type { Program } from './compile.ts';

/**
 * Reads the observables of rows from a program's memory, and writes the weights of their terms. Row 0 is in block
 * `first`.
 */
export interface RowReadout {
  /** Reads the observables of `count` rows to `out`, shape [count, observables], from `at` on. */
  expectations(out: Float64Array, at: number, count: number, first?: number): void;
  /**
   * Writes the weights of terms for cotangents, shape [count, observables], from `at` on; the unused rows of a block
   * have weight 0.
   */
  setCotangents(cotangents: Float64Array, at: number, count: number, first?: number): void;
  /**
   * Both at once for cotangents scale·(⟨O_k⟩ − target), targets of shape [count, observables] from `targetsAt` on: the
   * same bits, without a call for each row. For `count` rows of one block.
   */
  squaredError(block: number, count: number, out: Float64Array, at: number, loss: SquaredError): void;
}

/** Cotangents scale·(⟨O_k⟩ − target). */
export interface SquaredError {
  readonly scale: number;
  readonly targets: Float64Array;
  readonly targetsAt: number;
}

/**
 * The readout of a program; `numbers` is its memory. Observables of one term each, all different, have a faster
 * implementation.
 */
export function createRowReadout(
  { structure, shape, memory }: Program,
  numbers: Float32Array | Float64Array,
): RowReadout {
  const { lanes, numberBytes } = shape;
  const { observables, terms } = structure.readout;
  const { block } = memory;
  const observed = observables.length;
  const termStart = Int32Array.from({ length: observed + 1 }, (_, k) =>
    observables.slice(0, k).reduce((count, one) => count + one.terms.length, 0),
  );
  const flat = observables.flatMap((one) => one.terms);
  const termIndex = Int32Array.from(flat, (term) => term.index);
  const termWeight = Float64Array.from(flat, (term) => term.weight);
  const constants = Float64Array.from(observables, (one) => one.constant);
  // Whether each term is in one observable, and each observable has one term.
  const isPlain =
    observed === terms && observables.every((one) => one.terms.length === 1) && new Set(termIndex).size === terms;
  const termWeights = new Float64Array(terms);
  const valuesAt = (b: number) => (memory.blocks + b * block.bytes + block.expectations) / numberBytes;
  const weightsAt = (b: number) => (memory.blocks + b * block.bytes + block.weights) / numberBytes;

  const readPlain = (b: number, count: number, out: Float64Array, at: number) => {
    for (let k = 0; k < observed; k++) {
      const from = valuesAt(b) + termIndex[k] * lanes;
      const [constant, weight] = [constants[k], termWeight[k]];
      for (let j = 0, to = at + k; j < count; j++, to += observed) out[to] = constant + weight * numbers[from + j];
    }
  };
  const readTerms = (b: number, count: number, out: Float64Array, at: number) => {
    const from = valuesAt(b);
    for (let j = 0; j < count; j++) {
      for (let k = 0; k < observed; k++) {
        let value = constants[k];
        for (let t = termStart[k]; t < termStart[k + 1]; t++)
          value += termWeight[t] * numbers[from + termIndex[t] * lanes + j];
        out[at + j * observed + k] = value;
      }
    }
  };
  const writePlain = (b: number, count: number, cotangents: Float64Array, at: number) => {
    for (let k = 0; k < observed; k++) {
      const to = weightsAt(b) + termIndex[k] * lanes;
      const weight = termWeight[k];
      for (let j = 0, from = at + k; j < count; j++, from += observed) numbers[to + j] = cotangents[from] * weight;
      for (let j = count; j < lanes; j++) numbers[to + j] = 0;
    }
  };
  const writeTerms = (b: number, count: number, cotangents: Float64Array, at: number) => {
    const to = weightsAt(b);
    for (let j = 0; j < lanes; j++) {
      termWeights.fill(0);
      if (j < count) {
        for (let k = 0; k < observed; k++) {
          const c = cotangents[at + j * observed + k];
          for (let t = termStart[k]; t < termStart[k + 1]; t++) termWeights[termIndex[t]] += c * termWeight[t];
        }
      }
      for (let t = 0; t < terms; t++) numbers[to + t * lanes + j] = termWeights[t];
    }
  };
  const [read, write] = isPlain ? [readPlain, writePlain] : [readTerms, writeTerms];
  const slopes = new Float64Array(lanes * observed);
  return {
    expectations(out, at, count, first = 0) {
      for (let row = 0; row < count; row += lanes) {
        read(first + row / lanes, Math.min(lanes, count - row), out, at + row * observed);
      }
    },
    setCotangents(cotangents, at, count, first = 0) {
      for (let row = 0; row < count; row += lanes) {
        write(first + row / lanes, Math.min(lanes, count - row), cotangents, at + row * observed);
      }
    },
    squaredError(b, count, out, at, { scale, targets, targetsAt }) {
      read(b, count, out, at);
      const length = count * observed;
      for (let i = 0; i < length; i++) slopes[i] = scale * (out[at + i] - targets[targetsAt + i]);
      write(b, count, slopes, 0);
    },
  };
}
