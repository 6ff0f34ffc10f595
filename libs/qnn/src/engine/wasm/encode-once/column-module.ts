import { unrotateKernel } from '../kernels/adjoint.ts';
import { combineKernel, inputGradientKernel, sumKernel } from '../kernels/angles.ts';
import { unprepareKernel } from '../kernels/preparation.ts';
import { observableKernel } from '../kernels/readout.ts';
import type { AnglePlan } from '../lowering/angle-plan.ts';
import { type Int, int, type Writer, writeKernel } from '../printing/ir.ts';
import {
  type Context,
  callEntries,
  finalState,
  groupSlot,
  slotCoefficients,
  slotDerivatives,
  writeEvolution,
  writeOwnAngles,
  writeReturn,
} from '../printing/module.ts';
import type { ColumnPlan } from './column-plan.ts';
import { foldKernel, laneSumsKernel, packKernel, unfoldKernel, unpackKernel } from './fold-kernels.ts';
import {
  backMomentsKernel,
  backPairMomentsKernel,
  circleKernel,
  collectKernel,
  contractKernel,
  momentsKernel,
  pairMomentsKernel,
  settleKernel,
  spreadKernel,
} from './moment-kernels.ts';
import {
  copyStateKernel,
  measurePairFlipsKernel,
  measurePairKernel,
  outputsOfTermsKernel,
  seedPairFlipsKernel,
  seedPairKernel,
  termsOfOutputsKernel,
} from './pair-kernels.ts';

/** Number of blocks of rows whose moments are collected at once. */
export const COLLECTED_BLOCKS = 4;
/** Number of outputs that are contracted at once, each in a register. */
const CONTRACTED_OUTPUTS = 6;

interface ColumnContext extends Context {
  readonly plan: ColumnPlan;
  readonly angles: AnglePlan;
}

const at = (address: number): Int => int.constant(address);

/**
 * Adds the functions that a circuit that encodes once executes instead of U(θ) for every row. Exports to the host: once
 * for every parameter vector, `prepareColumns()`; over blocks of rows `evaluateRows(from, to)`, `collectBlocks(from,
 * to)` (of {@link COLLECTED_BLOCKS} each), `collectBlock(from, to)` and `rowGradients(from, to)`; and for the gradient
 * `settleTotals()`, `returnColumns()`.
 */
export function writeColumnKernels(context: Context, plan: ColumnPlan, angles: AnglePlan): void {
  const all: ColumnContext = { ...context, plan, angles };
  const { use, memory, shape } = context;
  const { moments, outputs } = plan;
  use(writeKernel('prepareColumns', 0, (w) => writePrepareColumns(w, all)));
  const overRows = (name: string, blocks: number, write: (w: Writer, rows: Int) => void) =>
    use(
      writeKernel(name, 2, (w) => {
        w.loop(w.parameter(0), w.parameter(1), blocks * memory.block.bytes, (rows) => write(w, rows));
      }),
    );
  overRows('evaluateRows', 1, (w, rows) => writeEvaluate(w, all, rows));
  overRows('rowGradients', 1, (w, rows) => writeRowGradients(w, all, rows));
  const offsets = { moments: memory.block.moments, cotangents: plan.cotangentsAt, bytes: memory.block.bytes };
  for (const [name, blocks] of [
    ['collectBlocks', COLLECTED_BLOCKS],
    ['collectBlock', 1],
  ] as const) {
    const collect = use(collectKernel(shape, moments, outputs, offsets, blocks));
    overRows(name, blocks, (w, rows) => w.call(collect, rows, at(plan.totals)));
  }
  const settle = use(settleKernel(shape));
  use(
    writeKernel('settleTotals', 0, (w) => {
      w.call(settle, at(plan.totals), at(plan.sums), at(moments * outputs * shape.vectorBytes));
    }),
  );
  use(writeKernel('returnColumns', 0, (w) => writeReturnColumns(w, all)));
}

/**
 * Calls `body` for every block of columns, with the byte offsets of its states and of its entries or prepared
 * amplitudes.
 */
function forEachColumnBlock(w: Writer, { plan, shape }: ColumnContext, body: (offset: Int) => void): void {
  w.loop(at(0), at(plan.columnBlocks * shape.stateBytes), shape.stateBytes, body);
}

const stateShift = ({ shape }: ColumnContext): number => Math.log2(shape.stateBytes);

/** U(θ) on a block of columns. */
function writeColumns(w: Writer, context: ColumnContext, offset: Int): void {
  const { plan, shape, use } = context;
  const block = w.int(int.right(offset, stateShift(context)));
  if (plan.encoding.kind === 'rotations') {
    const entries = w.int(int.add(int.left(block, Math.log2(plan.entryStride)), at(plan.entries)));
    const end = int.add(entries, at(12 * plan.encoding.slots.length));
    w.call(use(combineKernel(shape, 'sine')), entries, end);
  }
  const stride = plan.encoding.kind === 'rotations' ? 0 : Math.log2(plan.preparedStride);
  writeEvolution(w, context, int.add(int.left(block, stride), at(plan.prepared)));
}

/** Calls `body` for every column, with the address of its amplitudes and the byte offset of its row in a matrix. */
function forEachColumn(w: Writer, context: ColumnContext, body: (column: Int, row: Int) => void): void {
  const { plan, shape } = context;
  const { lanes, numberBytes } = shape;
  forEachColumnBlock(w, context, (offset) => {
    const first = w.int(int.left(int.right(offset, stateShift(context)), shape.vectorShift));
    w.loop(at(0), at(Math.min(lanes, plan.order) * numberBytes), numberBytes, (lane) => {
      const column = w.int(int.add(int.add(offset, lane), at(plan.states)));
      body(column, w.int(int.left(int.add(first, lane), Math.log2(plan.order))));
    });
  });
}

function writePrepareColumns(w: Writer, context: ColumnContext): void {
  const { plan, memory, structure, shape, use } = context;
  const { masks, flips, observables } = structure.readout;
  const copy = use(copyStateKernel(shape));
  forEachColumnBlock(w, context, (offset) => {
    writeColumns(w, context, offset);
    w.call(copy, at(finalState(memory)), int.add(offset, at(plan.states)));
  });
  const outputs = use(outputsOfTermsKernel(shape, observables, plan.matrixBytes));
  forEachColumn(w, context, (column, row) => {
    forEachColumnBlock(w, context, (offset) => {
      const other = w.int(int.add(offset, at(plan.states)));
      const terms = at(plan.terms);
      if (masks.length > 0) {
        w.call(use(measurePairKernel(shape, memory.readout.sources, masks, memory)), column, other, terms);
      }
      for (const flip of flips) w.call(use(measurePairFlipsKernel(shape, flip, memory.signs)), column, other, terms);
      const within = int.left(int.right(offset, stateShift(context)), shape.vectorShift);
      w.call(outputs, terms, int.add(int.add(row, within), at(plan.matrices[0])));
    });
  });
  writeFold(w, context);
}

/** Converts matrices over columns to coefficients of moments. */
function writeFold(w: Writer, { plan, shape, use }: ColumnContext): void {
  const { numberBytes } = shape;
  const [first, second] = plan.matrices;
  for (let k = 0; k < plan.outputs; k++) {
    const from = first + k * plan.matrixBytes;
    if (plan.encoding.kind === 'amplitudes') {
      const { count } = plan.encoding;
      w.call(use(packKernel(shape, count, plan.order)), at(from), at(plan.table + k * plan.moments * numberBytes));
    } else {
      const to = plan.order === 2 ? plan.table : second;
      const bytes = plan.order ** 2 * numberBytes;
      w.call(use(foldKernel(shape, plan.order)), at(from), at(to + (k * bytes * 3) / 4), at(bytes));
    }
  }
  if (plan.encoding.kind === 'amplitudes') return;
  let [from, to] = [second, first];
  let bytes = (plan.outputs * plan.order ** 2 * numberBytes * 3) / 4;
  for (let order = plan.order / 2; order > 1; order /= 2) {
    w.call(use(foldKernel(shape, order)), at(from), at(order === 2 ? plan.table : to), at(bytes));
    [from, to] = [to, from];
    bytes *= 3 / 4;
  }
}

/** Converts sums of cotangent-weighted moments to consecutive matrices over columns; returns their address. */
function writeUnfold(w: Writer, { plan, shape, use }: ColumnContext): number {
  const { numberBytes, vectorBytes } = shape;
  const count = plan.outputs * plan.moments;
  let [from, to] = plan.matrices;
  w.call(use(laneSumsKernel(shape)), at(plan.sums), at(from), at(count * vectorBytes));
  if (plan.encoding.kind === 'amplitudes') {
    const size = plan.order ** 2;
    for (let k = 0; k < plan.outputs; k++) {
      const [source, target] = [from + k * plan.moments * numberBytes, to + k * size * numberBytes];
      w.call(use(unpackKernel(shape)), at(source), at(target), at(plan.places), at(4 * size));
    }
    return to;
  }
  let bytes = count * numberBytes;
  for (let order = 2; order <= plan.order; order *= 2) {
    bytes *= 4 / 3;
    w.call(use(unfoldKernel(shape, order)), at(from), at(to), at(bytes));
    [from, to] = [to, from];
  }
  return from;
}

/**
 * λ of every block of columns, Σ_k O_k·U·W_k for the matrices W of {@link writeUnfold}, propagated back through U(θ).
 */
function writeReturnColumns(w: Writer, context: ColumnContext): void {
  const { plan, memory, structure, shape, entries, use } = context;
  const matrices = writeUnfold(w, context);
  const { masks, flips, observables, terms } = structure.readout;
  const lambda = at(memory.lambda[0]);
  const stride = plan.order ** 2 * shape.numberBytes;
  const weights = use(termsOfOutputsKernel(shape, observables, terms, stride));
  const last = structure.layers.length - 1;
  const { groups, states } = memory.layers[last];
  const group = groups[groups.length - 1];
  const slot = groupSlot(structure.layers[last], memory.layers[last], groups.length - 1);
  forEachColumnBlock(w, context, (offset) => {
    writeColumns(w, context, offset);
    w.call('clear', lambda, at(memory.lambda[0] + shape.stateBytes));
    const within = w.int(int.left(int.right(offset, stateShift(context)), shape.vectorShift));
    forEachColumn(w, context, (column, row) => {
      w.call(weights, int.add(int.add(row, within), at(matrices)), at(plan.terms));
      if (masks.length > 0) {
        w.call(use(observableKernel(shape, masks, memory.signs)), at(plan.terms), at(memory.operator));
        w.call(use(seedPairKernel(shape, memory.readout.images)), column, at(memory.operator), lambda);
      }
      for (const flip of flips) {
        w.call(use(seedPairFlipsKernel(shape, flip, memory.signs)), column, at(plan.terms), lambda);
      }
    });
    if (group.qubits.length > 0) {
      const unrotate = use(unrotateKernel(shape, group, memory.keepsStates));
      const phi = at(states[groups.length - 1]);
      w.call(unrotate, lambda, phi, slotCoefficients(context, slot), slotDerivatives(context, slot));
    }
    writeReturn(w, context, 0);
    callEntries(w, use(sumKernel()), entries.sum);
  });
}

/** The moments and expectations of a block of rows. */
function writeEvaluate(w: Writer, context: ColumnContext, rows: Int): void {
  const { plan, memory, shape, use } = context;
  const moments = w.int(int.add(rows, at(memory.block.moments)));
  if (plan.encoding.kind === 'rotations') {
    writeCircle(w, context, rows);
    w.call(use(momentsKernel(shape, plan.encoding.slots.length)), at(plan.circle), moments);
  } else {
    const amplitudes = int.add(rows, at(memory.block.amplitudes));
    w.call(use(pairMomentsKernel(shape, plan.encoding.count)), amplitudes, moments);
  }
  for (let k = 0; k < plan.outputs; k += CONTRACTED_OUTPUTS) {
    const some = Math.min(CONTRACTED_OUTPUTS, plan.outputs - k);
    const table = at(plan.table + k * plan.moments * shape.numberBytes);
    const out = int.add(rows, at(plan.outputsAt + k * shape.vectorBytes));
    w.call(use(contractKernel(shape, plan.moments, some)), moments, table, out);
  }
}

function writeCircle(w: Writer, context: ColumnContext, rows: Int): void {
  const { plan, angles, memory, shape, use } = context;
  if (plan.encoding.kind !== 'rotations') return;
  writeOwnAngles(w, context, rows);
  const parts = plan.encoding.slots.map((slot) => angles.partOf[slot] as number);
  w.call(use(circleKernel(shape, parts)), at(memory.sincos), at(plan.circle));
}

/** The gradients of a block of rows with respect to their inputs. */
function writeRowGradients(w: Writer, context: ColumnContext, rows: Int): void {
  const { plan, memory, shape, entries, use } = context;
  const { moments, outputs, encoding } = plan;
  const lambda = at(plan.lambda);
  const cotangents = int.add(rows, at(plan.cotangentsAt));
  w.call(use(spreadKernel(shape, moments, outputs)), cotangents, at(plan.table), lambda);
  if (encoding.kind === 'amplitudes') {
    const amplitudes = w.int(int.add(rows, at(memory.block.amplitudes)));
    const real = at(memory.lambda[0]);
    w.call('clear', real, at(memory.lambda[0] + encoding.count * shape.vectorBytes));
    w.call(use(backPairMomentsKernel(shape, encoding.count)), amplitudes, lambda, real);
    w.call(use(unprepareKernel(shape, encoding.count)), real, amplitudes, amplitudes);
    return;
  }
  writeCircle(w, context, rows);
  const from = int.add(rows, at(memory.block.moments));
  w.call(use(backMomentsKernel(shape, encoding.slots)), at(plan.circle), from, lambda, at(memory.derivatives));
  const gradients = w.int(int.add(rows, at(memory.block.featureGradients)));
  w.call('clear', gradients, int.add(rows, at(memory.block.bytes)));
  callEntries(w, use(inputGradientKernel()), entries.inputGradient, gradients);
}
