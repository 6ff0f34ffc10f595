import type { DataSection, StudyFile } from '../study-file/study-file.ts';
import type { Targets } from '../study-file/targets.ts';

/** A compare file after its check against `schema/compare.schema.json`. */
export interface CompareFile {
  /** Name of the compare and of its run folder; default: the name of the file. */
  readonly name?: string;
  /** Seed from which the seeds of cells are derived. Default 1. */
  readonly seed?: number;
  /** What every cell has unless it says otherwise. */
  readonly defaults?: CellFields;
  readonly cells: readonly CellEntry[];
  /** Addresses of custom services. */
  readonly services?: Targets;
}

/** Fields of a study file that a cell may set. */
type CellFields = Partial<Omit<StudyFile, 'name' | 'services' | 'data'>> & {
  readonly data?: Omit<DataSection, 'labels'>;
};

/** An entry of `cells`: one cell for each number of labels and each seed. */
export interface CellEntry extends CellFields {
  readonly name?: string;
  readonly labels?: readonly number[];
  readonly seeds?: readonly number[];
}
