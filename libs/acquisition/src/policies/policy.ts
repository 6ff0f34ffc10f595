import type { AcquisitionName } from '../functions/acquisition-table.ts';

/** What synthetic points change, in repeated cross-validation inside the labels: the same folds with them and without. */
export interface SynthesisGain {
  /** Balanced accuracy of the models without and with the points, in [0, 1]. */
  readonly real: number;
  readonly augmented: number;
  /** Of their difference, paired by label. */
  readonly standardError: number;
}

/** What is known when a policy decides about a round. */
export interface RoundEvidence {
  /** Whether there is a method that makes points. */
  readonly hasMethod: boolean;
  /** Null where there are too few labels to measure it, or the policy does not ask for it. */
  readonly synthesis: SynthesisGain | null;
  /** Reduction of the error to expect of the next batch of labels, in [0, 1]; Infinity while nothing can be expected. */
  readonly labelGain: number;
  /** Null: nothing has a price. */
  readonly prices: RoundPrices | null;
}

/** Prices and worth, in one unit. */
export interface RoundPrices {
  /** Price of the next batch of labels. */
  readonly labels: number;
  /** Price of synthetic points in one round. */
  readonly synthesis: number;
  /** Worth of an accuracy higher by one percentage point. */
  readonly point: number;
}

/** What is done in a round. */
export interface RoundDecision {
  /** What chooses the labels to ask for. */
  readonly acquisition: AcquisitionName;
  /** Whether synthetic points, where there are any, are added to the labels. */
  readonly addsPoints: boolean;
}

/** A way to spend labels and synthetic points: a row of `policy-table.ts`. */
export interface AcquisitionPolicy {
  /** One line for people. */
  readonly summary: string;
  /** Whether {@link RoundEvidence.synthesis} is measured in each round. */
  readonly isCrossValidated: boolean;
  decide(evidence: RoundEvidence): RoundDecision;
}
