import { createRandom } from '@qloom/random/random.ts';
import type { Circuit } from '../circuit.ts';
import { validateCircuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { type Consolidated, consolidate, type Item } from './consolidate.ts';
import { type CouplingGraph, couplingGraph } from './coupling-graph.ts';
import { embed } from './embedding.ts';
import { entangle } from './entangle.ts';
import { itemsOfGate } from './gate-items.ts';
import { entanglerCount, SWAP } from './interaction.ts';
import { type Routing, routings } from './place.ts';
import { createRenderer, type PhysicalGate } from './render.ts';
import { type Basis, basisOf, type TranspileTarget, validateTarget } from './target.ts';

/** A circuit in the gates of a device, on its qubits. */
export interface TranspiledCircuit {
  /** In the order of time. Angles are affine functions of the circuit's parameters and inputs, as they were. */
  readonly gates: readonly PhysicalGate[];
  /** The place of each qubit of the circuit before the first gate. */
  readonly initialLayout: readonly number[];
  /** The place of each qubit of the circuit after the last gate, where it is measured. */
  readonly finalLayout: readonly number[];
}

/** Settings of {@link transpile}. */
export interface TranspileOptions {
  /** Random layouts that are tried where swaps are needed. Default 32. */
  readonly trials?: number;
  /** Seed of these layouts and of the choice between swaps that are equally good. Default 0. */
  readonly seed?: number;
}

/**
 * Translates a circuit to the gates and couplings of a device; the result is equal up to a global phase, and in the basis `r`, which has
 * no rotation about Z, up to a phase of each outcome. The same circuit, target and options give the same result. No decomposition
 * needs values for parameters or inputs: all angles stay affine. Throws CircuitError where the circuit starts from amplitudes or does
 * not fit the target, and CircuitTooLargeError above the maximum of qubits.
 */
export function transpile(
  circuit: Circuit,
  target: TranspileTarget,
  { trials = 32, seed = 0 }: TranspileOptions = {},
): TranspiledCircuit {
  validateCircuit(circuit);
  validateTarget(target);
  const basis = basisOf(target);
  if (circuit.preparation) {
    throw new CircuitError(
      'transpile: the circuit starts from amplitudes, which devices cannot prepare; its gates alone can be',
    );
  }
  if (circuit.qubits > target.qubits) {
    throw new CircuitError(`transpile: ${circuit.qubits} qubits are more than the ${target.qubits} of the target`);
  }
  const graph = couplingGraph(target);
  const logical = consolidate(circuit.qubits, circuit.gates.flatMap(itemsOfGate));
  const pairs = logical.blocks.map(({ a, b, interaction }) => ({
    ...{ a, b },
    weight: entanglerCount(interaction, basis.entangler),
  }));
  const random = createRandom(`transpile ${seed}`);
  let best: { routing: Routing; physical: Consolidated; loss: number } | undefined;
  for (const routing of routings(circuit.qubits, pairs, graph, trials, random)) {
    const physical = consolidate(target.qubits, physicalItems(logical, routing));
    const loss = lossOf(physical, routing, graph, basis);
    if (!best || loss < best.loss) best = { routing, physical, loss };
  }
  if (!best) throw new RangeError('transpile: no layout');
  const { physical, routing } = target.errors ? relocated(best, graph, basis) : best;
  return { gates: rendered(physical, graph, basis), initialLayout: routing.initial, finalLayout: routing.final };
}

/** The circuit on the places of its qubits, swaps included. */
function physicalItems({ blocks, last }: Consolidated, { initial, steps }: Routing): Item[] {
  const places = [...initial];
  const items: Item[] = [];
  for (const step of steps) {
    if ('swap' in step) {
      const [a, b] = step.swap;
      items.push({ kind: 'pair', a, b, interaction: SWAP });
      places.forEach((place, qubit) => {
        if (place === a) places[qubit] = b;
        else if (place === b) places[qubit] = a;
      });
      continue;
    }
    const { before, interaction, ...on } = blocks[step.pair];
    const [a, b] = [places[on.a], places[on.b]];
    items.push({ kind: 'word', qubit: a, word: before[0] }, { kind: 'word', qubit: b, word: before[1] });
    items.push({ kind: 'pair', a, b, interaction });
  }
  last.forEach((word, qubit) => void items.push({ kind: 'word', qubit: places[qubit], word }));
  return items;
}

function lossOf({ blocks }: Consolidated, { final }: Routing, graph: CouplingGraph, { entangler }: Basis): number {
  let loss = 0;
  for (const { a, b, interaction } of blocks) loss += entanglerCount(interaction, entangler) * graph.couplingLoss(a, b);
  for (const place of final) loss += graph.readoutLoss(place);
  return loss;
}

/** The same circuit on the qubits of the device where its gates and measurements fail least, as far as a search finds them. */
function relocated(
  found: { readonly routing: Routing; readonly physical: Consolidated; readonly loss: number },
  graph: CouplingGraph,
  basis: Basis,
): { readonly routing: Routing; readonly physical: Consolidated } {
  const { routing, physical, loss } = found;
  const used = [...new Set([...routing.initial, ...routing.final, ...physical.blocks.flatMap(({ a, b }) => [a, b])])];
  const index = new Map(used.map((place, i) => [place, i]));
  const at = (place: number) => index.get(place) as number;
  const weights = new Map<string, { a: number; b: number; weight: number }>();
  for (const { a, b, interaction } of physical.blocks) {
    const [low, high] = [Math.min(at(a), at(b)), Math.max(at(a), at(b))];
    const known = weights.get(`${low} ${high}`) ?? { a: low, b: high, weight: 0 };
    known.weight += entanglerCount(interaction, basis.entangler);
    weights.set(`${low} ${high}`, known);
  }
  const moved = embed(used.length, [...weights.values()], graph, [...Array(graph.qubits).keys()]);
  if (!moved) return found;
  const to = (place: number) => moved[at(place)];
  const movedRouting = { initial: routing.initial.map(to), final: routing.final.map(to), steps: routing.steps };
  const blocks = physical.blocks.map((block) => ({ ...block, a: to(block.a), b: to(block.b) }));
  const last = new Array<Consolidated['last'][number]>(graph.qubits).fill([{ constant: 0, terms: [] }]);
  for (const place of used) last[to(place)] = physical.last[place];
  const movedPhysical = { blocks, last };
  if (lossOf(movedPhysical, movedRouting, graph, basis) >= loss) return found;
  return { routing: movedRouting, physical: movedPhysical };
}

function rendered({ blocks, last }: Consolidated, graph: CouplingGraph, basis: Basis): PhysicalGate[] {
  const renderer = createRenderer(basis, graph.allows);
  for (const { a, b, before, interaction } of blocks) {
    renderer.word(a, before[0]);
    renderer.word(b, before[1]);
    entangle(a, b, interaction, basis.entangler, renderer);
  }
  last.forEach((word, qubit) => void renderer.word(qubit, word));
  return renderer.end();
}
