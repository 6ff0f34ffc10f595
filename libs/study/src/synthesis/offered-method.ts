/**
 * What a method of synthesis may need besides labelled points: points without labels, labelled points of a source domain
 * (a cheaper relative of the task), or features that are expectations from a known number of shots.
 */
export type DataNeed = 'unlabelled' | 'source' | 'shots';

/** A method of synthesis, as a generator offers it. */
export interface OfferedMethod {
  /** A value of the hyperparameter `method`. */
  readonly name: string;
  readonly description: string;
  /** Whether studies may name it as a baseline. */
  readonly baseline: boolean;
  /** `unknown` stands for a need that this program does not know, which no data meets. */
  readonly needs: readonly (DataNeed | 'unknown')[];
  /** Whether its fits continue from a model. */
  readonly continues: boolean;
  /**
   * Whether its points are drawn from a smooth density of each class that is fitted to labelled points. Absent: not known, and taken
   * for true.
   */
  readonly classDensity?: boolean;
  /** Value of `synthRatio` from which to start, above 0; absent: any. */
  readonly ratio?: number;
}

/** The hyperparameter by which a generator offers its methods. */
export const METHOD = 'method';

/** Needs of a method that the data does not meet, in the method's order. */
export function unmetNeeds(
  { needs }: Pick<OfferedMethod, 'needs'>,
  met: ReadonlySet<DataNeed>,
): (DataNeed | 'unknown')[] {
  return needs.filter((need) => need === 'unknown' || !met.has(need));
}
