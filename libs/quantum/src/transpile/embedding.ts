import type { CouplingGraph } from './coupling-graph.ts';

/** Pairs of qubits of a circuit that interact, with the number of two-qubit gates between them. */
export type InteractionWeights = readonly { readonly a: number; readonly b: number; readonly weight: number }[];

/** Steps of one search. */
const MOST_STEPS = 20_000;

/**
 * Places the qubits of a circuit so that all pairs that interact are neighbours: the placement with the smallest sum of losses that a
 * search of limited length finds; undefined where it finds none. It is a search for a subgraph, qubit by qubit in an order in
 * which each is next to one before it, bounded by the best placement so far. `starts` is the order in which places of the first
 * qubit are tried.
 */
export function embed(
  qubits: number,
  weights: InteractionWeights,
  graph: CouplingGraph,
  starts: readonly number[],
): number[] | undefined {
  const links = Array.from({ length: qubits }, () => new Map<number, number>());
  for (const { a, b, weight } of weights) {
    links[a].set(b, weight);
    links[b].set(a, weight);
  }
  const order = visitOrder(links);
  const place = new Array<number>(qubits).fill(-1);
  const taken = new Uint8Array(graph.qubits);
  let best: number[] | undefined;
  let bestLoss = Number.POSITIVE_INFINITY;
  let steps = 0;
  let limit = 0;
  const visit = (at: number, loss: number): void => {
    if (loss >= bestLoss || steps++ >= limit) return;
    if (at === order.length) {
      best = [...place];
      bestLoss = loss;
      return;
    }
    const qubit = order[at];
    const placed = [...links[qubit]].filter(([other]) => place[other] >= 0);
    const candidates = placed.length > 0 ? graph.neighbours[place[placed[0][0]]] : starts;
    for (const to of candidates) {
      if (taken[to] || graph.neighbours[to].length < Math.min(links[qubit].size, graph.qubits - 1)) continue;
      if (!placed.every(([other]) => graph.distance(to, place[other]) === 1)) continue;
      let added = graph.readoutLoss(to);
      for (const [other, weight] of placed) added += weight * graph.couplingLoss(to, place[other]);
      place[qubit] = to;
      taken[to] = 1;
      // Each place of the first qubit has a share of the steps, so that one corner of a device does not use them up.
      if (at === 0) limit = steps + Math.ceil(MOST_STEPS / starts.length);
      visit(at + 1, loss + added);
      place[qubit] = -1;
      taken[to] = 0;
    }
  };
  limit = 1;
  visit(0, 0);
  return best;
}

/** Qubits with many partners first, then always one that is linked to those before, where there is one. */
function visitOrder(links: readonly ReadonlyMap<number, number>[]): number[] {
  const order: number[] = [];
  const left = new Set(links.keys());
  while (left.size > 0) {
    const known = (qubit: number) => [...links[qubit].keys()].filter((other) => !left.has(other)).length;
    const next = [...left].reduce((best, qubit) => {
      const more = known(qubit) - known(best) || links[qubit].size - links[best].size;
      return more > 0 ? qubit : best;
    });
    order.push(next);
    left.delete(next);
  }
  return order;
}
