import { type Problem, StudyFileError } from '../study-file/problem.ts';

/** Something of a cell, named by it in messages. */
export interface NamedCell {
  readonly cell: { readonly name: string };
}

/**
 * Runs `check` for every cell and returns the results in order. Throws one {@link StudyFileError} of `path` with the problems of
 * all cells, each with its cell; a problem that several cells share is listed once.
 */
export async function forEachCell<C extends NamedCell, T>(
  path: string,
  cells: readonly C[],
  check: (cell: C) => T | Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const problems = new Map<string, { readonly problem: Problem; readonly cells: string[] }>();
  for (const cell of cells) {
    try {
      results.push(await check(cell));
    } catch (error) {
      if (!(error instanceof StudyFileError)) throw error;
      for (const problem of error.problems) {
        const key = JSON.stringify([problem.line, problem.field, problem.message]);
        const known = problems.get(key) ?? { problem, cells: [] };
        problems.set(key, known);
        known.cells.push(cell.cell.name);
      }
    }
  }
  if (problems.size > 0) {
    throw new StudyFileError(
      path,
      [...problems.values()].map(({ problem, cells: [first, ...others] }) => {
        const who = `cell ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
        return { ...problem, field: problem.field === '' ? who : `${who}: ${problem.field}` };
      }),
    );
  }
  return results;
}
