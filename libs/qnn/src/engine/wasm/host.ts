import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { amplitudeNorm } from '@qloom/quantum/simulation/preparation.ts';
import type { Program } from './compile.ts';
import { writeColumnConstants } from './encode-once/column-plan.ts';
import type { Table } from './kernels/table.ts';
import { mapTable } from './lowering/affine-map.ts';
import { createFoldedDerivatives, phaseDerivatives } from './lowering/shared-phases.ts';
import type { PlannedLink } from './lowering/structure.ts';
import { createParameterWriter } from './parameter-writer.ts';
import { createRowReadout, type RowReadout } from './row-readout.ts';

/** What the module exports; every argument is an address. */
interface Exports {
  forwards(from: number, to: number): void;
  gradients(from: number, to: number): void;
  inputGradients(from: number, to: number): void;
  forward(block: number): void;
  backward(block: number): void;
  backwardInputs(block: number): void;
  probabilities(phi: number, out: number): void;
  clear(from: number, to: number): void;
  /** From encode-once/column-module.ts, if the program is executed by columns. */
  prepareColumns?(): void;
  evaluateRows?(from: number, to: number): void;
  collectBlocks?(from: number, to: number): void;
  collectBlock?(from: number, to: number): void;
  rowGradients?(from: number, to: number): void;
  settleTotals?(): void;
  returnColumns?(): void;
}

/** A program in its memory, ready to run chunks of samples. Rows beyond a block's end repeat the last one with weight 0. */
export interface Host {
  readonly program: Program;
  readonly exports: Exports;
  /** The memory in the engine's precision. */
  readonly numbers: Float32Array | Float64Array;
  /** Observables of rows, and their cotangents. */
  readonly readout: RowReadout;
  /** Writes parameters, `values` from `at` on. */
  setParameters(values: Float64Array, at: number): void;
  /**
   * Writes `count` rows of inputs, from row `row` on or those listed in `indices` from position `row` on, and returns
   * the address after the last block that holds them. Throws CircuitError if amplitudes are all zero.
   */
  setInputs(inputs: Float64Array, row: number, count: number, indices?: Int32Array): number;
  /** The address of a block of rows. */
  blockAddress(block: number): number;
  /** Adds the gradients of `count` rows of inputs, from row `row` on, to `out` from `at` on. */
  addInputGradients(inputs: Float64Array, row: number, count: number, out: Float64Array, at: number): void;
  clearTotals(): void;
  /** Number of terms of the parameters' gradient; a parameter that several gates share has several terms. */
  readonly gradientTerms: number;
  /** Writes the terms of the parameters' gradient, summed over rows since clearTotals, to `out` from `at` on. */
  readGradientTerms(out: Float64Array, at: number): void;
  /**
   * Adds terms, `terms` from `from` on, to the gradient of the parameters, `out` from `at` on. If chunks are added in
   * their order, the sum has the same bits, regardless of the threads that computed them.
   */
  addGradientTerms(out: Float64Array, at: number, terms: Float64Array, from: number): void;
}

/** Instantiates a program's module. Throws CircuitTooLargeError if the machine does not have the memory. */
export function createHost(program: Program, module: WebAssembly.Module): Host {
  const { structure, shape, memory, angles, entries } = program;
  const { lanes, numberBytes, vectorBytes } = shape;
  const allocated = allocate(program);
  const exports = new WebAssembly.Instance(module, { engine: { memory: allocated } }).exports as unknown as Exports;
  const { buffer } = allocated;
  const doubles = new Float64Array(buffer);
  const words = new Uint32Array(buffer);
  const numbers = numberBytes === 4 ? new Float32Array(buffer) : doubles;
  const index = (address: number) => address / numberBytes;
  const inputCount = structure.circuit.inputs;
  const amplitudeCount = structure.circuit.preparation?.inputs ?? 0;
  const { features } = angles;
  const firstInput = Int32Array.from(features, ({ first }) => first);
  const secondInput = Int32Array.from(features, ({ second }) => second ?? -1);
  const { block } = memory;

  words.set(entries.words, memory.entries / 4);
  numbers[index(memory.signs)] = 1;
  numbers[index(memory.signs) + 1] = -1;
  const tables = new Map<number, Table>();
  for (const { images, sources } of [...memory.layers.map(({ link }) => link), memory.readout]) {
    for (const table of [images, sources]) if (table.address !== 0) tables.set(table.address, table);
  }
  for (const [address, { map }] of tables) words.set(mapTable(map, vectorBytes), address / 4);

  if (program.encodeOnce) writeColumnConstants(program.encodeOnce.columns, memory, shape, { numbers, words });

  const setParameters = createParameterWriter(program, numbers, doubles);
  const collectors = structure.layers.flatMap(({ link }, l) => {
    const { derivatives } = memory.layers[l].link;
    return derivatives === 'fold' || derivatives === 'add' ? [linkCollector(program, l, numbers, link)] : [];
  });
  const totalTerms = angles.totals.map(({ terms }) => terms);
  const totalStart = Int32Array.from({ length: totalTerms.length + 1 }, (_, i) =>
    totalTerms.slice(0, i).reduce((count, some) => count + some.length, 0),
  );
  const termParameter = Int32Array.from([
    ...totalTerms.flat().map((term) => term.parameter),
    ...collectors.flatMap((collector) => collector.parameters),
  ]);
  const totalCoefficient = Float64Array.from(totalTerms.flat(), (term) => term.coefficient);

  const blockAddress = (b: number) => memory.blocks + b * block.bytes;

  return {
    program,
    exports,
    numbers,
    setParameters,
    readout: createRowReadout(program, numbers),
    setInputs(inputs, row, count, indices) {
      const used = Math.ceil(count / lanes);
      for (let b = 0; b < used; b++) {
        const wide = (blockAddress(b) + block.features) / 8;
        const narrow = index(blockAddress(b) + block.values);
        const prepared = index(blockAddress(b) + block.amplitudes);
        for (let j = 0; j < lanes; j++) {
          const given = row + Math.min(b * lanes + j, count - 1);
          const from = (indices ? indices[given] : given) * inputCount;
          for (let f = 0, to = j; f < firstInput.length; f++, to += lanes) {
            const second = secondInput[f];
            const value =
              second < 0 ? inputs[from + firstInput[f]] : inputs[from + firstInput[f]] * inputs[from + second];
            doubles[wide + to] = value;
            numbers[narrow + to] = value;
          }
          if (amplitudeCount === 0) continue;
          const norm = amplitudeNorm(inputs.subarray(from, from + amplitudeCount), amplitudeCount);
          for (let k = 0; k < amplitudeCount; k++) numbers[prepared + k * lanes + j] = inputs[from + k] / norm;
        }
      }
      return blockAddress(used);
    },
    blockAddress,
    addInputGradients(inputs, row, count, out, at) {
      for (let i = 0; i < count; i++) {
        const b = Math.floor(i / lanes);
        const from = index(blockAddress(b) + block.featureGradients) + (i - b * lanes);
        const [x, g] = [(row + i) * inputCount, at + i * inputCount];
        for (let f = 0; f < features.length; f++) {
          const { first, second } = features[f];
          const derivative = numbers[from + f * lanes];
          out[g + first] += second === null ? derivative : derivative * inputs[x + second];
          if (second !== null) out[g + second] += derivative * inputs[x + first];
        }
        if (amplitudeCount === 0) continue;
        const prepared = index(blockAddress(b) + block.amplitudes) + (i - b * lanes);
        const norm = amplitudeNorm(inputs.subarray(x, x + amplitudeCount), amplitudeCount);
        for (let k = 0; k < amplitudeCount; k++) out[g + k] += (2 * numbers[prepared + k * lanes]) / norm;
      }
    },
    clearTotals() {
      if (memory.totalsEnd > memory.totals) exports.clear(memory.totals, memory.totalsEnd);
    },
    gradientTerms: termParameter.length,
    readGradientTerms(out, at) {
      const from = index(memory.totals);
      for (let i = 0; i < totalTerms.length; i++) {
        let total = 0;
        for (let j = 0; j < lanes; j++) total += numbers[from + i * lanes + j];
        for (let t = totalStart[i]; t < totalStart[i + 1]; t++) out[at + t] = totalCoefficient[t] * total;
      }
      let next = at + totalCoefficient.length;
      for (const { parameters, read } of collectors) {
        read(out, next);
        next += parameters.length;
      }
    },
    addGradientTerms(out, at, terms, from) {
      for (let t = 0; t < termParameter.length; t++) out[at + termParameter[t]] += terms[from + t];
    },
  };
}

function allocate({ pages, bytes, shape }: Program): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new CircuitTooLargeError(
      `wasm: ${shape.qubits} qubits need ${bytes} bytes for this circuit, which this machine does not have available; ` +
        'fewer qubits or layers, or fewer compiled circuits at once, are right',
      { cause },
    );
  }
}

/** The terms of the gradient from a link's phases, each with its parameter. */
interface Collector {
  readonly parameters: readonly number[];
  /** Writes the terms to `out` from `at` on. */
  read(out: Float64Array, at: number): void;
}

/** Reads the gradient of a link's phases from the sums over samples in memory. */
function linkCollector(
  { shape, memory }: Program,
  l: number,
  numbers: Float32Array | Float64Array,
  link: PlannedLink,
): Collector {
  const { lanes, numberBytes, qubits } = shape;
  const { groups, link: place } = memory.layers[l];
  const grouped = groups[groups.length - 1].qubits;
  const skipped = place.derivatives === 'fold' ? grouped.reduce((mask, q) => mask | (1 << q), 0) : 0;
  const w = new Float64Array(2 ** qubits);
  const singles = new Float64Array(grouped.length);
  const strings = [...link.before, ...link.after];
  const derivatives = new Float64Array(strings.length);
  const foldedDerivatives = createFoldedDerivatives(link, grouped, qubits);
  const laneSum = (from: number) => {
    let total = 0;
    for (let j = 0; j < lanes; j++) total += numbers[from + j];
    return total;
  };
  const read = (out: Float64Array, at: number) => {
    const from = place.w / numberBytes;
    for (let k = 0; k < w.length; k++) if (!(k & skipped)) w[k] = laneSum(from + k * lanes);
    if (place.derivatives === 'fold') {
      for (let i = 0; i < singles.length; i++) singles[i] = laneSum(place.singles / numberBytes + i * lanes);
      foldedDerivatives(w, singles, derivatives);
    } else phaseDerivatives(link, w, derivatives);
    let next = at;
    strings.forEach(({ angle }, i) => {
      for (const { coefficient } of angle.terms) out[next++] = coefficient * derivatives[i];
    });
  };
  return { parameters: strings.flatMap(({ angle }) => angle.terms.map(({ parameter }) => parameter as number)), read };
}
