import { CircuitError } from '../errors.ts';

/** What a device executes, and where. */
export interface TranspileTarget {
  /** Number of qubits of the device. */
  readonly qubits: number;
  /**
   * Names of its gates, as in OpenQASM 3's stdgates, and `ecr` and `r` (a rotation by θ about cos φ·X + sin φ·Y, also called
   * prx). Empty: `rz`, `sx`, `x`, `cz`.
   */
  readonly basisGates: readonly string[];
  /**
   * Pairs that two-qubit gates can act on; empty: every pair. A gate with a direction (`cx`, `ecr`) acts in the order in which the
   * pair is listed, in either if both are.
   */
  readonly coupling: readonly (readonly [number, number])[];
  /** Probabilities of errors, where they are known. */
  readonly errors?: TargetErrors;
}

/** Probabilities of errors of a device. */
export interface TargetErrors {
  /** Of the measurement of each qubit. */
  readonly readout?: readonly number[];
  /** Of the two-qubit gate of each coupling, in the order of the couplings. */
  readonly coupling?: readonly number[];
}

/** Two-qubit gates to which circuits can be translated. Of several the first is used. */
const ENTANGLERS = ['cz', 'ecr', 'cx', 'rzz', 'rxx', 'iswap'] as const;

/** A two-qubit gate of a basis. */
export type Entangler = (typeof ENTANGLERS)[number];

/** Sets of one-qubit gates to which circuits can be translated; of several the first is used. */
const ONE_QUBIT_SETS = [['rz', 'sx'], ['rz', 'rx'], ['u'], ['u3'], ['r']] as const;

/** A set of one-qubit gates, named by what it has beside RZ. */
export type OneQubitBasis = 'sx' | 'rx' | 'u' | 'u3' | 'r';

/** The gates of a target that are used. */
export interface Basis {
  readonly entangler: Entangler;
  readonly oneQubit: OneQubitBasis;
  /** Whether X is one gate. */
  readonly x: boolean;
}

/** Chooses gates. Throws CircuitError, which names the sets that would do, where the target has none of them. */
export function basisOf({ basisGates }: Pick<TranspileTarget, 'basisGates'>): Basis {
  const has = new Set(basisGates.length === 0 ? ['rz', 'sx', 'x', 'cz'] : basisGates);
  const entangler = ENTANGLERS.find((name) => has.has(name));
  const set = ONE_QUBIT_SETS.find(
    (names) => names.every((name) => has.has(name)) && (names[0] !== 'r' || entangler === 'cz' || entangler === 'rzz'),
  );
  if (!entangler || !set) {
    const sets = ONE_QUBIT_SETS.map((names) => names.join(' and ')).join('; or ');
    throw new CircuitError(
      `transpile: the basis ${basisGates.join(', ')} has no ${entangler ? 'one' : 'two'}-qubit gates to translate to; ` +
        `one of ${ENTANGLERS.join(', ')} with ${sets} (r with cz or rzz) is right`,
    );
  }
  return { entangler, oneQubit: set[set.length - 1] as OneQubitBasis, x: has.has('x') };
}

/** Throws CircuitError unless couplings and errors fit the number of qubits. */
export function validateTarget({ qubits, coupling, errors }: TranspileTarget): void {
  if (!Number.isInteger(qubits) || qubits < 1) {
    throw new CircuitError(`transpile: a target of ${qubits} qubits; an integer of at least 1 is right`);
  }
  coupling.forEach(([a, b], i) => {
    for (const qubit of [a, b]) {
      if (Number.isInteger(qubit) && qubit >= 0 && qubit < qubits && a !== b) continue;
      throw new CircuitError(
        `transpile: coupling ${i} is ${a}, ${b}; two different qubits of 0 … ${qubits - 1} are right`,
      );
    }
  });
  checkLength('readout', errors?.readout, qubits);
  checkLength('coupling', errors?.coupling, coupling.length);
}

function checkLength(what: string, list: readonly number[] | undefined, count: number): void {
  if (list && list.length !== count) {
    throw new CircuitError(`transpile: ${list.length} errors for ${what}; ${count} are right`);
  }
}
