import type { Execution, OutcomeCounts } from '../backend/backend.ts';

/** The measurements of one executable, as a single task's result or a part of a program set's has them. */
export interface Measured {
  readonly measurements?: readonly (readonly number[])[] | null;
  /** Probabilities of big-endian bit strings: the first character is the first measured qubit. */
  readonly measurementProbabilities?: Readonly<Record<string, number>> | null;
  readonly measuredQubits?: readonly number[] | null;
  /** Of an executable that failed. */
  readonly failureMetadata?: { readonly failureReason: string };
}

/** Thrown where a result is not what its schema says. The message says where. */
class BraketResultError extends Error {
  override readonly name = 'BraketResultError';
}

interface ProgramResult {
  readonly executableResults: readonly (string | (Measured & { readonly inputsIndex?: number }))[];
}

interface ResultFile extends Measured {
  readonly programResults?: readonly (string | ProgramResult)[];
}

/**
 * Reads the executables of a task by program and row. Parts that are files of their own are fetched with `read`, by their key below
 * the task; those of a program are named by their key below the folder of the program's result.
 */
export async function readExecutables(read: (key: string) => Promise<string>): Promise<Measured[][]> {
  const parsed = async <T>(part: string | T, folder = ''): Promise<T> =>
    typeof part === 'string' ? (JSON.parse(await read(`${folder}${part}`)) as T) : part;
  const result = await parsed<ResultFile>('results.json');
  if (!result.programResults) return [[result]];
  return Promise.all(
    result.programResults.map(async (part) => {
      const { executableResults } = await parsed<ProgramResult>(part);
      const folder = typeof part === 'string' ? part.slice(0, part.lastIndexOf('/') + 1) : '';
      const rows = await Promise.all(
        executableResults.map((row) => parsed<Measured & { inputsIndex?: number }>(row, folder)),
      );
      const ordered: Measured[] = [];
      rows.forEach((row, i) => {
        ordered[row.inputsIndex ?? i] = row;
      });
      return ordered;
    }),
  );
}

/**
 * Counts of one execution: bit j of an outcome is its j-th qubit. Probabilities are turned back into counts. `places` is the qubit of the
 * program that each qubit of the circuit is measured as; throws BraketResultError where one was not, or the counts do not add up.
 */
export function countsOf(measured: Measured, { qubits, shots }: Execution, places: readonly number[]): OutcomeCounts {
  if (measured.failureMetadata) {
    throw new BraketResultError(`an executable failed: ${measured.failureMetadata.failureReason}`);
  }
  const { measuredQubits } = measured;
  const columns = qubits.map((qubit) => (measuredQubits ?? []).indexOf(places[qubit]));
  if (columns.includes(-1)) {
    throw new BraketResultError(
      `measuredQubits is ${JSON.stringify(measuredQubits)}; all of ${places.join(', ')} are right`,
    );
  }
  const counts = new Map<number, number>();
  const add = (bit: (column: number) => boolean, count: number) => {
    const outcome = columns.reduce((sum, column, j) => sum + (bit(column) ? 2 ** j : 0), 0);
    counts.set(outcome, (counts.get(outcome) ?? 0) + count);
  };
  if (measured.measurements) {
    for (const shot of measured.measurements) add((column) => shot[column] === 1, 1);
  } else {
    for (const [outcome, probability] of Object.entries(measured.measurementProbabilities ?? {})) {
      const count = Math.round(probability * shots);
      if (count > 0) add((column) => outcome[column] === '1', count);
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total !== shots) throw new BraketResultError(`the outcomes add up to ${total} shots; ${shots} are right`);
  return new Map([...counts].sort(([a], [b]) => a - b));
}
