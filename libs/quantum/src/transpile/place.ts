import type { Random } from '@qloom/random/random.ts';
import type { CouplingGraph } from './coupling-graph.ts';
import { embed, type InteractionWeights } from './embedding.ts';
import { type Pair, type RoutedStep, route } from './route.ts';

/** A routed circuit: places of its qubits before and after, and its steps. */
export interface Routing {
  readonly initial: readonly number[];
  readonly final: readonly number[];
  readonly steps: readonly RoutedStep[];
}

/** Passes over the circuit, backwards and forwards, that improve a first layout. */
const PASSES = 2;

/**
 * Ways to place and route pairs. Where all can be neighbours at once: that placement alone, without swaps. Otherwise one from a
 * placement in which as many of the first pairs as possible are neighbours, and `trials` from random layouts, each improved by routing
 * back and forth.
 */
export function routings(
  qubits: number,
  pairs: readonly (Pair & { readonly weight: number })[],
  graph: CouplingGraph,
  trials: number,
  random: Random,
): Routing[] {
  const starts = [...Array(graph.qubits).keys()];
  const place = (some: readonly (Pair & { readonly weight: number })[]) =>
    embed(qubits, weightsOf(some), graph, starts);
  const whole = place(pairs);
  if (whole) return [{ initial: whole, final: whole, steps: pairs.map((_, pair) => ({ pair })) }];
  const layouts: number[][] = [];
  const first = longestPrefix(pairs, place);
  if (first) layouts.push(first);
  for (let trial = 0; trial < trials; trial++) {
    const drawn = random.fork(trial);
    layouts.push(randomLayout(qubits, graph, drawn));
  }
  const backwards = pairs.toReversed();
  return layouts.flatMap((layout, i) => {
    const drawn = random.fork(`route ${i}`);
    const results: Routing[] = [];
    for (let pass = 0; pass < PASSES; pass++) {
      const initial = [...layout];
      const steps = route(pairs, layout, graph, drawn);
      results.push({ initial, final: [...layout], steps });
      if (pass + 1 < PASSES) route(backwards, layout, graph, drawn);
    }
    return results;
  });
}

function weightsOf(pairs: readonly (Pair & { readonly weight: number })[]): InteractionWeights {
  const weights = new Map<string, { a: number; b: number; weight: number }>();
  for (const { a, b, weight } of pairs) {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const known = weights.get(key);
    if (known) known.weight += weight;
    else weights.set(key, { a, b, weight });
  }
  return [...weights.values()];
}

/** The placement of the longest run of pairs from the first that has one, by bisection. */
function longestPrefix<P>(
  pairs: readonly P[],
  place: (some: readonly P[]) => number[] | undefined,
): number[] | undefined {
  let [low, high] = [0, pairs.length];
  let best = place([]);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const found = place(pairs.slice(0, middle));
    if (found) [low, best] = [middle, found];
    else high = middle;
  }
  return best;
}

/** Qubits in random order on the places nearest to a random one. */
function randomLayout(qubits: number, graph: CouplingGraph, random: Random): number[] {
  const start = random.integer(graph.qubits);
  const region = [start];
  const seen = new Set(region);
  for (let at = 0; at < region.length && region.length < qubits; at++) {
    for (const next of random.shuffle([...graph.neighbours[region[at]]])) {
      if (seen.has(next) || region.length === qubits) continue;
      seen.add(next);
      region.push(next);
    }
  }
  for (let q = 0; region.length < qubits; q++) if (!seen.has(q)) region.push(q);
  return random.shuffle(region);
}
