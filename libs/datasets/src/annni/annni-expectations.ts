import { lowestEigenpair } from '../tasks/lanczos.ts';
import { type AnnniSector, applyAnnni, createAnnniSector, expandToStates } from './annni-hamiltonian.ts';
import { expectationInXBasis, type PauliString } from './pauli-string.ts';

/** Energy and expectations of a ground state. */
interface AnnniGroundState {
  readonly energy: number;
  /** ⟨P⟩ of each observable asked for, in [−1, 1], in that order. */
  readonly expectations: Float64Array;
}

/** Solves ground states of chains of one length. */
export interface AnnniSolver {
  readonly spins: number;
  /** Ground state of H(κ, h) and its expectations, by {@link lowestEigenpair} in the sector that holds it. */
  solve(kappa: number, field: number, observables: readonly PauliString[]): AnnniGroundState;
}

/** A solver that keeps only the sector's matrix. */
export function createAnnniSolver(spins: number): AnnniSolver {
  const sector: AnnniSector = createAnnniSector(spins);
  return {
    spins,
    solve(kappa, field, observables) {
      const { value, vector } = lowestEigenpair(sector.dimension, (v, out) => applyAnnni(sector, kappa, field, v, out));
      const state = expandToStates(sector, vector);
      const expectations = Float64Array.from(observables, (pauli) =>
        Math.max(-1, Math.min(1, expectationInXBasis(state, pauli))),
      );
      return { energy: value, expectations };
    },
  };
}

/**
 * Capacity of the cache of {@link cachedAnnniExpectations}: about 20 MB when full; the oldest entries are evicted
 * first.
 */
const CACHE_LIMIT = 65_536;
const solvers = new Map<number, AnnniSolver>();
const cache = new Map<string, Float64Array>();

/**
 * Expectations of the ground state at (κ, h), cached for the life of the process, so that the same test set or oracle
 * pool drawn again costs nothing. A pure function of its arguments: the cache only saves time.
 */
export function cachedAnnniExpectations(
  spins: number,
  kappa: number,
  field: number,
  observables: readonly PauliString[],
): Float64Array {
  const key = `${spins}|${kappa}|${field}|${observables.map((pauli) => pauli.text).join()}`;
  const known = cache.get(key);
  if (known) return known;
  let solver = solvers.get(spins);
  if (!solver) solvers.set(spins, (solver = createAnnniSolver(spins)));
  const { expectations } = solver.solve(kappa, field, observables);
  if (cache.size >= CACHE_LIMIT) {
    const oldest = cache.keys().next();
    if (!oldest.done) cache.delete(oldest.value);
  }
  cache.set(key, expectations);
  return expectations;
}
