import { backFirstKernel, backLinkKernel, unproductKernel, unrotateKernel } from '../kernels/adjoint.ts';
import { clearKernel, combineKernel, inputGradientKernel, sumKernel, weightedSumKernel } from '../kernels/angles.ts';
import { linkKernel, productKernel, rotateKernel } from '../kernels/forward.ts';
import { createGroup } from '../kernels/group.ts';
import { moveTableKernel, phaseDerivativesKernel, phaseTableKernel } from '../kernels/lane-phases.ts';
import { prepareKernel, unprepareKernel } from '../kernels/preparation.ts';
import {
  measureFlipsKernel,
  measureKernel,
  observableKernel,
  probabilitiesKernel,
  seedFlipsKernel,
  seedKernel,
} from '../kernels/readout.ts';
import type { AngleEntries, EntryRange } from '../lowering/angle-plan.ts';
import type { LayerMemory, MemoryPlan } from '../lowering/memory-plan.ts';
import type { Shape } from '../lowering/shape.ts';
import type { PlannedLayer, Structure } from '../lowering/structure.ts';
import { type Int, int, type Kernel, type Writer, writeKernel } from './ir.ts';

/**
 * All functions of a compiled circuit, callees first. Exports to the host: `forwards(from, to)`, `gradients(from, to)`
 * and `inputGradients(from, to)` over blocks given by their addresses, `forward(block)`, `backward(block)`,
 * `backwardInputs(block)`, `probabilities(phi, out)`, `clear(from, to)`; and the functions that `writeMore` adds.
 */
export function writeKernels(
  { structure, memory, entries, shape }: Omit<Context, 'use'>,
  writeMore: (context: Context) => void = () => {},
): Kernel[] {
  const kernels = new Map<string, Kernel>();
  /** Adds a kernel unless one of the same name exists; returns its name. */
  const use = (kernel: Kernel): string => {
    if (!kernels.has(kernel.name)) kernels.set(kernel.name, kernel);
    return kernel.name;
  };
  const context: Context = { structure, memory, entries, shape, use };
  use(clearKernel(shape));
  use(probabilitiesKernel(shape, memory.readout.sources));
  use(writeKernel('forward', 1, (w) => writeForward(w, context)));
  for (const inputs of [false, true]) {
    const name = inputs ? 'backwardInputs' : 'backward';
    use(writeKernel(name, 1, (w) => writeBackward(w, context, inputs)));
    use(overBlocks(inputs ? 'inputGradients' : 'gradients', ['forward', name], memory.block.bytes));
  }
  use(overBlocks('forwards', ['forward'], memory.block.bytes));
  writeMore(context);
  return [...kernels.values()];
}

/** Context for writing the functions that call kernels. */
export interface Context {
  readonly structure: Structure;
  readonly memory: MemoryPlan;
  readonly entries: AngleEntries;
  readonly shape: Shape;
  /** Adds a kernel unless one of the same name exists; returns its name. */
  readonly use: (kernel: Kernel) => string;
}

const at = (address: number): Int => int.constant(address);

const overBlocks = (name: string, calls: readonly string[], bytes: number): Kernel =>
  writeKernel(name, 2, (w) => {
    w.loop(w.parameter(0), w.parameter(1), bytes, (block) => {
      for (const call of calls) w.call(call, block);
    });
  });

/** Calls a kernel over its entries, if there are any. */
export function callEntries(w: Writer, name: string, { from, to }: EntryRange, ...rest: Int[]): void {
  if (to > from) w.call(name, at(from), at(to), ...rest);
}

/** Addresses of the coefficients and of the derivative of slot `slot`. */
export const slotCoefficients = ({ memory, shape }: Context, slot: number) =>
  at(memory.coefficients + 2 * slot * shape.vectorBytes);
export const slotDerivatives = ({ memory, shape }: Context, slot: number) =>
  at(memory.derivatives + slot * shape.vectorBytes);

/** The first slot of a layer's group g. */
export const groupSlot = (layer: PlannedLayer, { groups }: LayerMemory, g: number) =>
  layer.firstSlot + groups.slice(0, g).reduce((count, group) => count + group.qubits.length, 0);

function writeForward(w: Writer, context: Context): void {
  const { structure, memory, shape, use } = context;
  const { block } = memory;
  const rows = w.parameter(0);
  writeOwnAngles(w, context, rows);
  callEntries(w, use(combineKernel(shape, 'sine')), context.entries.combine);
  callEntries(w, use(combineKernel(shape, 'tangent')), context.entries.combineTangent);
  writeEvolution(w, context, int.add(rows, at(block.amplitudes)));
  const out = int.add(rows, at(block.expectations));
  const phi = at(finalState(memory));
  const { masks, flips } = structure.readout;
  if (masks.length > 0) w.call(use(measureKernel(shape, memory.readout.sources, masks, memory)), phi, out);
  for (const group of flips) w.call(use(measureFlipsKernel(shape, group, memory.signs)), phi, out);
}

/** From coefficients (or prepared amplitudes at `amplitudes`) to the state before the last permutation. */
export function writeEvolution(w: Writer, context: Context, amplitudes: Int): void {
  const { structure, memory, shape, use } = context;
  const prepared = structure.circuit.preparation?.inputs ?? 0;
  if (prepared > 0) w.call(use(prepareKernel(shape, prepared)), amplitudes, at(firstState(memory)));
  else w.call(use(productKernel(shape)), slotCoefficients(context, 0), at(memory.tree));
  structure.layers.forEach((layer, l) => {
    if (l === 0) return;
    const { link } = structure.layers[l - 1];
    const from = memory.layers[l - 1];
    const { groups, states } = memory.layers[l];
    writeLanePhases(w, context, l - 1);
    const enter = use(linkKernel(shape, groups[0], from.link.sources, link.phases, l === 1));
    const source = at(from.states[from.states.length - 1]);
    w.call(
      enter,
      source,
      at(states[0]),
      at(from.link.phases),
      slotCoefficients(context, groupSlot(layer, memory.layers[l], 0)),
    );
    for (let g = 1; g < groups.length; g++) {
      const slot = groupSlot(layer, memory.layers[l], g);
      w.call(use(rotateKernel(shape, groups[g])), at(states[g - 1]), at(states[g]), slotCoefficients(context, slot));
    }
  });
}

/** Cosines and sines of the inputs' part of angles, sample by sample. */
export function writeOwnAngles(w: Writer, { memory, entries, shape }: Context, rows: Int): void {
  const inputs = int.add(rows, at(memory.block.features));
  callEntries(w, 'setAngles', entries.setAngles, inputs);
  callEntries(w, 'addAngles', entries.addAngles, inputs);
  const parts = (entries.setAngles.to - entries.setAngles.from) / 12;
  if (parts > 0) {
    w.call('sincos', at(memory.angles), at(memory.angles + 8 * shape.lanes * parts), at(memory.sincos));
  }
}

/** The table of a link's phases for each sample. */
function writeLanePhases(w: Writer, context: Context, l: number): void {
  const { structure, memory, shape, use } = context;
  const { link } = structure.layers[l];
  if (link.phases !== 'lane') return;
  const out = at(memory.layers[l].link.phases);
  const { images } = memory.layers[l].link;
  const before = link.before.map((string) => string.mask);
  const after = link.after.map((string) => string.mask);
  const build = (masks: readonly number[], slot: number, to: Int) =>
    w.call(use(phaseTableKernel(shape, masks, memory.signs)), slotCoefficients(context, slot), to);
  const [afterTable, beforeTable] = memory.tables.map(at);
  if (after.length === 0) {
    build(before, link.firstSlot, out);
    return;
  }
  if (before.length > 0) build(before, link.firstSlot, beforeTable);
  build(after, link.firstSlot + before.length, afterTable);
  w.call(use(moveTableKernel(shape, images, before.length > 0)), afterTable, beforeTable, out);
}

const firstState = ({ layers }: MemoryPlan): number => layers[0].states[0];

/** Address of the state before the last permutation. */
export const finalState = ({ layers }: MemoryPlan): number => {
  const { states } = layers[layers.length - 1];
  return states[states.length - 1];
};

function writeBackward(w: Writer, context: Context, wantsInputs: boolean): void {
  const { structure, memory, entries, shape, use } = context;
  const rows = w.parameter(0);
  const current = writeReturn(w, context, writeSeed(w, context, rows));
  const amplitudes = structure.circuit.preparation?.inputs ?? 0;
  if (amplitudes > 0 && wantsInputs) {
    const kernel = use(unprepareKernel(shape, amplitudes));
    const { lambda } = memory;
    w.call(kernel, at(lambda[current]), at(firstState(memory)), int.add(rows, at(memory.block.amplitudes)));
  }
  callEntries(w, use(sumKernel()), entries.sum);
  callEntries(w, use(weightedSumKernel()), entries.weightedSum, int.add(rows, at(memory.block.values)));
  const { featureGradients, bytes } = memory.block;
  if (!wantsInputs || structure.circuit.inputs === 0) return;
  const gradients = int.add(rows, at(featureGradients));
  w.call('clear', gradients, int.add(rows, at(bytes)));
  callEntries(w, use(inputGradientKernel()), entries.inputGradient, gradients);
}

/**
 * Propagates λ from before the last layer's last group, in buffer `seeded` of the two, to the start of the circuit,
 * with the derivatives of every slot and phase. Returns the buffer that finally has λ.
 */
export function writeReturn(w: Writer, context: Context, seeded: number): number {
  const { structure, memory, shape, use } = context;
  const { layers } = structure;
  const { keepsStates, lambda } = memory;
  let current = seeded;
  for (let l = layers.length - 1; l >= 1; l--) {
    const { groups, states } = memory.layers[l];
    // The last group is already done, by the seed or by the traversal of the link.
    for (let g = groups.length - 2; g >= 0; g--) {
      const slot = groupSlot(layers[l], memory.layers[l], g);
      const kernel = use(unrotateKernel(shape, groups[g], keepsStates));
      w.call(
        kernel,
        at(lambda[current]),
        at(states[g]),
        slotCoefficients(context, slot),
        slotDerivatives(context, slot),
      );
    }
    writeBackLink(w, context, l, current);
    current = 1 - current;
  }
  if (!structure.circuit.preparation) {
    const kernel = use(unproductKernel(shape));
    w.call(kernel, at(lambda[current]), slotCoefficients(context, 0), at(memory.tree), slotDerivatives(context, 0));
  }
  return current;
}

/** λ = Σ weight·O·φ, propagated back through the last layer's last group; returns the buffer of the two that has λ. */
function writeSeed(w: Writer, context: Context, rows: Int): number {
  const { structure, memory, shape, use } = context;
  const { masks, flips } = structure.readout;
  const last = structure.layers.length - 1;
  const { groups, states } = memory.layers[last];
  const phi = at(finalState(memory));
  const weights = int.add(rows, at(memory.block.weights));
  const lambda = at(memory.lambda[0]);
  w.call(use(observableKernel(shape, masks, memory.signs)), weights, at(memory.operator));
  const group = groups[groups.length - 1];
  const slot = groupSlot(structure.layers[last], memory.layers[last], groups.length - 1);
  const seeds = flips.length === 0 ? group : createGroup([], shape);
  const seed = use(seedKernel(shape, seeds, memory.readout.images, memory.keepsStates));
  w.call(seed, phi, lambda, at(memory.operator), slotCoefficients(context, slot), slotDerivatives(context, slot));
  if (flips.length === 0) return 0;
  for (const flip of flips) w.call(use(seedFlipsKernel(shape, flip, memory.signs)), phi, lambda, weights);
  if (group.qubits.length > 0) {
    const kernel = use(unrotateKernel(shape, group, memory.keepsStates));
    const state = at(states[groups.length - 1]);
    w.call(kernel, lambda, state, slotCoefficients(context, slot), slotDerivatives(context, slot));
  }
  return 0;
}

/** From after link l − 1 to before the last group of layer l − 1. */
function writeBackLink(w: Writer, context: Context, l: number, current: number): void {
  const { structure, memory, shape, use } = context;
  const { lambda, keepsStates } = memory;
  const layer = structure.layers[l - 1];
  const { groups, states, link } = memory.layers[l - 1];
  const g = groups.length - 1;
  const backward = { images: link.images, phases: layer.link.phases, derivatives: link.derivatives };
  if (!keepsStates) writeLanePhases(w, context, l - 1);
  const [from, to] = [at(lambda[current]), at(lambda[1 - current])];
  const [w0, singles] = [at(link.w), at(link.singles)];
  if (l === 1) {
    const kernel = use(backFirstKernel(shape, groups[g], backward));
    w.call(kernel, from, to, at(states[g]), at(link.phases), w0, singles);
  } else {
    const slot = groupSlot(layer, memory.layers[l - 1], g);
    const kernel = use(backLinkKernel(shape, groups[g], backward, keepsStates));
    const phi = keepsStates ? states[g] : memory.layers[l].states[0];
    const more = keepsStates ? [] : [at(states[g])];
    const [coefficients, derivatives] = [slotCoefficients(context, slot), slotDerivatives(context, slot)];
    w.call(kernel, from, to, at(phi), at(link.phases), coefficients, derivatives, w0, singles, ...more);
  }
  if (link.derivatives === 'store') writeLaneDerivatives(w, context, l - 1);
}

function writeLaneDerivatives(w: Writer, context: Context, l: number): void {
  const { structure, memory, shape, use } = context;
  const { link } = structure.layers[l];
  const { link: place } = memory.layers[l];
  const before = link.before.map((string) => string.mask);
  const after = link.after.map((string) => string.mask);
  if (before.length > 0) {
    const kernel = use(phaseDerivativesKernel(shape, before, memory.straight, memory));
    w.call(kernel, at(place.w), slotDerivatives(context, link.firstSlot));
  }
  if (after.length > 0) {
    const kernel = use(phaseDerivativesKernel(shape, after, place.sources, memory));
    w.call(kernel, at(place.w), slotDerivatives(context, link.firstSlot + before.length));
  }
}
