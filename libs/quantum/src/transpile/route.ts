import type { Random } from '@qloom/random/random.ts';
import { CircuitError } from '../errors.ts';
import type { CouplingGraph } from './coupling-graph.ts';

/** A two-qubit operation of a circuit, by the indices of its qubits. */
export interface Pair {
  readonly a: number;
  readonly b: number;
}

/** A step of a routed circuit: the pair of this index, or a swap of two places. */
export type RoutedStep = { readonly pair: number } | { readonly swap: readonly [number, number] };

/** Pairs that are looked ahead, and their weight beside the pairs that wait. */
const LOOKAHEAD = 20;
const LOOKAHEAD_WEIGHT = 0.5;
/** A qubit that was just swapped counts this much more, until a pair is executed. */
const DECAY = 0.001;
/**
 * A swap on the places of the last pair costs fewer gates, being merged with it: this much of one coupling's distance. It saves 2% of
 * the two-qubit gates of random circuits, alike from 0.3 to 1 (ADR 0064).
 */
const MERGED_BONUS = 0.3;

/**
 * Routes pairs in the order of time (swap by swap, the one after which the pairs that wait, and the next ones, are nearest: SABRE, Li,
 * Ding and Xie, arXiv:1809.02573). `layout` is changed: the place of each qubit, at first before and at last after the circuit. Throws
 * CircuitError when a pair cannot be brought together.
 */
export function route(pairs: readonly Pair[], layout: number[], graph: CouplingGraph, random: Random): RoutedStep[] {
  const steps: RoutedStep[] = [];
  const { waiting, next } = dependencies(pairs, layout.length);
  const occupant = new Int32Array(graph.qubits).fill(-1);
  layout.forEach((place, qubit) => {
    occupant[place] = qubit;
  });
  const lastPartner = new Int32Array(graph.qubits).fill(-1);
  const front = new Set<number>([...pairs.keys()].filter((i) => waiting[i] === 0));
  const decay = new Float64Array(graph.qubits).fill(1);
  let swapsSincePair = 0;
  let ahead: number[] | undefined;
  const distanceOf = (i: number) => graph.distance(layout[pairs[i].a], layout[pairs[i].b]);
  const exchange = (from: number, to: number) => {
    const [one, other] = [occupant[from], occupant[to]];
    occupant[from] = other;
    occupant[to] = one;
    if (one >= 0) layout[one] = to;
    if (other >= 0) layout[other] = from;
  };
  const swap = (from: number, to: number) => {
    steps.push({ swap: [from, to] });
    exchange(from, to);
    [lastPartner[from], lastPartner[to]] = [to, from];
    swapsSincePair++;
  };
  const execute = (): boolean => {
    let any = false;
    for (const i of front) {
      const [p, q] = [layout[pairs[i].a], layout[pairs[i].b]];
      if (graph.distance(p, q) !== 1) continue;
      front.delete(i);
      steps.push({ pair: i });
      [lastPartner[p], lastPartner[q]] = [q, p];
      for (const after of next[i]) if (--waiting[after] === 0) front.add(after);
      any = true;
    }
    return any;
  };
  while (front.size > 0) {
    if (execute()) {
      decay.fill(1);
      swapsSincePair = 0;
      ahead = undefined;
      continue;
    }
    if (swapsSincePair > 3 * graph.qubits) {
      bringTogether(pairs, [...front], layout, graph, swap);
      continue;
    }
    ahead ??= lookAhead(front, next);
    const soon = ahead;
    const score = (from: number, to: number) => {
      exchange(from, to);
      let near = 0;
      for (const i of front) near += distanceOf(i);
      let later = 0;
      for (const i of soon) later += distanceOf(i);
      exchange(from, to);
      const merged = lastPartner[from] === to && lastPartner[to] === from ? MERGED_BONUS / front.size : 0;
      const base = near / front.size + (soon.length > 0 ? (LOOKAHEAD_WEIGHT * later) / soon.length : 0);
      return Math.max(decay[from], decay[to]) * (base - merged);
    };
    const [from, to] = bestSwap(pairs, front, layout, graph, score, random);
    swap(from, to);
    decay[from] += DECAY;
    decay[to] += DECAY;
  }
  return steps;
}

/** For each pair the number of pairs that it waits for, and those that wait for it. */
function dependencies(pairs: readonly Pair[], qubits: number): { waiting: Int32Array; next: readonly number[][] } {
  const waiting = new Int32Array(pairs.length);
  const next = pairs.map((): number[] => []);
  const last = new Int32Array(qubits).fill(-1);
  pairs.forEach(({ a, b }, i) => {
    for (const qubit of [a, b]) {
      const before = last[qubit];
      last[qubit] = i;
      if (before < 0 || next[before].includes(i)) continue;
      next[before].push(i);
      waiting[i]++;
    }
  });
  return { waiting, next };
}

function lookAhead(front: ReadonlySet<number>, next: readonly (readonly number[])[]): number[] {
  const seen = new Set(front);
  const queue = [...front];
  for (let at = 0; at < queue.length && seen.size < front.size + LOOKAHEAD; at++) {
    for (const after of next[queue[at]]) {
      if (seen.has(after)) continue;
      seen.add(after);
      queue.push(after);
    }
  }
  return queue.slice(front.size, front.size + LOOKAHEAD);
}

function bestSwap(
  pairs: readonly Pair[],
  front: ReadonlySet<number>,
  layout: readonly number[],
  graph: CouplingGraph,
  score: (from: number, to: number) => number,
  random: Random,
): [number, number] {
  const seen = new Set<number>();
  let best: [number, number][] = [];
  let bestScore = Number.POSITIVE_INFINITY;
  for (const i of front) {
    for (const qubit of [pairs[i].a, pairs[i].b]) {
      const from = layout[qubit];
      for (const to of graph.neighbours[from]) {
        const key = Math.min(from, to) * graph.qubits + Math.max(from, to);
        if (seen.has(key)) continue;
        seen.add(key);
        const value = score(from, to);
        if (value > bestScore + 1e-12) continue;
        if (value < bestScore - 1e-12) best = [];
        bestScore = Math.min(bestScore, value);
        best.push([from, to]);
      }
    }
  }
  if (best.length === 0 || !Number.isFinite(bestScore)) {
    throw new CircuitError('transpile: qubits that interact are in parts of the device that no coupling connects');
  }
  return best[random.integer(best.length)];
}

/** Swaps one waiting pair together on a shortest way: the way out where the scores go in circles. */
function bringTogether(
  pairs: readonly Pair[],
  front: readonly number[],
  layout: readonly number[],
  graph: CouplingGraph,
  swap: (from: number, to: number) => void,
): void {
  const distance = (i: number) => graph.distance(layout[pairs[i].a], layout[pairs[i].b]);
  const nearest = front.reduce((best, i) => (distance(i) < distance(best) ? i : best));
  const { a, b } = pairs[nearest];
  while (graph.distance(layout[a], layout[b]) > 1) {
    const from = layout[a];
    const to = graph.neighbours[from].find((q) => graph.distance(q, layout[b]) < graph.distance(from, layout[b]));
    swap(from, to as number);
  }
}
