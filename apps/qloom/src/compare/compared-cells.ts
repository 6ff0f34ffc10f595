import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { StudyFile } from '../study-file/study-file.ts';

/** One cell of a compare: a task (or a CSV) at one number of labels and one seed, which one study answers. */
export interface CompareCell {
  /** Id of its study, unique in the log: `<compare>-<name>`, shortened to 63 characters. */
  readonly id: string;
  /** Name, unique in the compare: `<group>-n<labels>`, with `-s<seed>` where the compare file lists seeds. */
  readonly name: string;
  /** The entry of the compare file that it comes from: its `name`, by default the task. Cells that differ only in labels or seed share it. */
  readonly group: string;
  /** Name of the task; absent for a CSV. */
  readonly task?: string;
  /** Number of labels, N; absent where a CSV is used whole. */
  readonly labels?: number;
  /** Seed of its study. */
  readonly seed: number;
  /** The whole study file of the cell, defaults of the compare file included. */
  readonly study: StudyFile;
}

/** How far a cell is. */
export type CellState = 'open' | 'finished' | 'failed' | 'cancelled';

/** A cell and the outcome of its study so far. */
export interface ComparedCell {
  readonly cell: CompareCell;
  readonly state: CellState;
  /** Why it failed. */
  readonly message?: string;
  /** Present where `state` is `finished`. */
  readonly result?: StudyResult;
}

/** A compare with the results that it has so far, complete or not, in the order of the file. */
export interface ComparedCells {
  /** Name of the compare. */
  readonly name: string;
  readonly seed: number;
  readonly cells: readonly ComparedCell[];
}
