import type { Row } from './row.ts';

/** Options of a benchmark on the command line. */
export interface BenchOptions {
  /** All parts, not only the quick ones. */
  readonly full: boolean;
  /** `--only key=value,value`: parts by name. */
  readonly only: ReadonlyMap<string, readonly string[]>;
}

/** Rows that have just been measured, and the parts that are done with them. */
export interface Measured {
  /** Empty if the rows only report what is missing: then they are shown, and not kept. */
  readonly parts: readonly string[];
  readonly rows: readonly Row[];
}

/** Called with the progress of a benchmark. */
export type Progress = (message: string) => void;

/** A benchmark: what it measures, in which parts, and how. */
export interface Bench {
  readonly description: string;
  /** Description of `--full` and `--only`; absent if it takes neither. */
  readonly options?: string;
  /** Names of the requested parts. Throws OnlyError. */
  parts(options: BenchOptions): readonly string[];
  /** Measures the given parts, a subset of `parts`; yields rows as soon as they are measured. */
  run(progress: Progress, options: BenchOptions, wanted: ReadonlySet<string>): AsyncIterable<Measured>;
}

/** A benchmark of one part, which takes no options. */
export function wholeBench(description: string, measure: (progress: Progress) => Promise<Row[]>): Bench {
  const part = 'all';
  return {
    description,
    parts: () => [part],
    async *run(progress) {
      yield { parts: [part], rows: await measure(progress) };
    },
  };
}
