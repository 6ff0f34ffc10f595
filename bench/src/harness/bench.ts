import type { Row } from './row.ts';

/** What a benchmark is asked for on the command line. */
export interface BenchOptions {
  /** Everything, not the quick part. */
  readonly full: boolean;
  /** `--only key=value,value`: parts by name. */
  readonly only: ReadonlyMap<string, readonly string[]>;
}

/** Rows that have just been measured, and the parts that are done with them. */
export interface Measured {
  /** None where the rows only say what is missing: then they are shown, and not kept. */
  readonly parts: readonly string[];
  readonly rows: readonly Row[];
}

/** Told what a benchmark does as it goes. */
export type Progress = (message: string) => void;

/** A benchmark: what it measures, in which parts, and how. */
export interface Bench {
  readonly description: string;
  /** What `--full` and `--only` mean to it; absent where it takes neither. */
  readonly options?: string;
  /** Names of the parts that are asked for. Throws OnlyError. */
  parts(options: BenchOptions): readonly string[];
  /** Measures the wanted parts, some of those that `parts` names; rows come as soon as they are measured. */
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
