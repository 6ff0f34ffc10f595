import type { TranspileTarget } from './target.ts';

/** Which qubits of a device two-qubit gates can act on. */
export interface CouplingGraph {
  readonly qubits: number;
  /** Neighbours of each qubit, ascending. */
  readonly neighbours: readonly (readonly number[])[];
  /** Number of couplings between two qubits on the shortest way; Infinity where there is none. */
  distance(a: number, b: number): number;
  /** −ln(1 − error) of the gate of two neighbours, or of the measurement of a qubit; a known constant where errors are unknown. */
  couplingLoss(a: number, b: number): number;
  readoutLoss(qubit: number): number;
  /** Whether a gate with a direction acts on (a, b) in this order. */
  allows(a: number, b: number): boolean;
}

/** Losses where no error is known: all alike, and small. */
const UNKNOWN_COUPLING_LOSS = 1e-2;
const UNKNOWN_READOUT_LOSS = 0;

/** The graph of a target, every pair where it lists none. */
export function couplingGraph({ qubits, coupling, errors }: TranspileTarget): CouplingGraph {
  const sets = Array.from({ length: qubits }, () => new Set<number>());
  const losses = new Map<number, number>();
  const key = (a: number, b: number) => a * qubits + b;
  coupling.forEach(([a, b], i) => {
    sets[a].add(b);
    sets[b].add(a);
    const error = errors?.coupling?.[i];
    if (error !== undefined) losses.set(key(a, b), lossOf(error));
  });
  const all = coupling.length === 0;
  const neighbours = sets.map((set, q) =>
    all ? Array.from({ length: qubits }, (_, i) => i).filter((i) => i !== q) : [...set].sort((a, b) => a - b),
  );
  const listed = new Set(coupling.map(([a, b]) => key(a, b)));
  const distances = new Array<Int32Array | undefined>(qubits);
  return {
    qubits,
    neighbours,
    distance(a, b) {
      if (all) return a === b ? 0 : 1;
      const from = (distances[a] ??= distancesFrom(a, neighbours));
      return from[b] < 0 ? Number.POSITIVE_INFINITY : from[b];
    },
    couplingLoss: (a, b) => losses.get(key(a, b)) ?? losses.get(key(b, a)) ?? UNKNOWN_COUPLING_LOSS,
    readoutLoss: (qubit) => {
      const error = errors?.readout?.[qubit];
      return error === undefined ? UNKNOWN_READOUT_LOSS : lossOf(error);
    },
    allows: (a, b) => all || listed.has(key(a, b)),
  };
}

/** A broken gate (error 1) has a loss that no other sum reaches. */
const lossOf = (error: number): number => (error < 1 ? -Math.log1p(-Math.max(0, error)) : 1e6);

function distancesFrom(start: number, neighbours: readonly (readonly number[])[]): Int32Array {
  const distances = new Int32Array(neighbours.length).fill(-1);
  distances[start] = 0;
  const queue = [start];
  for (const qubit of queue) {
    for (const next of neighbours[qubit]) {
      if (distances[next] >= 0) continue;
      distances[next] = distances[qubit] + 1;
      queue.push(next);
    }
  }
  return distances;
}
