import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { QLOOM } from '../evaluation/jobs.ts';
import type { Utility } from '../reward/utility.ts';
import { rankByShrunkUtility } from './select.ts';

/** A method that the portfolio may take. */
export interface PortfolioMethod {
  /** The arm whose points it adds: that of Qloom's selected configuration, or a baseline. */
  readonly arm: string;
  readonly hyperparameters: Configuration;
  readonly utility: Utility;
}

/** A method in the order of the portfolio's choice. */
interface RankedMethod extends PortfolioMethod {
  /** U shrunk towards that of Qloom's own method. */
  readonly shrunk: number;
}

/** The method that was taken. Whether its points are added is another decision (`domain/choice`). */
export interface MethodChoice {
  /** The best first. */
  readonly ranked: readonly RankedMethod[];
  /** The method that is taken; null if there is none that could be fitted. */
  readonly best: RankedMethod | null;
  /** Reliability of the utilities, in [0, 1]; null with fewer than two methods. */
  readonly reliability: number | null;
}

/**
 * Chooses the method with the highest utility after shrinkage towards Qloom's own by the reliability of the utilities. Methods that
 * cannot be told apart are taken in the default order: Qloom's own, then the order given.
 */
export function chooseMethod(methods: readonly PortfolioMethod[]): MethodChoice {
  const { ranked, reliability } = rankByShrunkUtility(methods, ({ arm }) => arm === QLOOM);
  return { ranked, best: ranked[0] ?? null, reliability };
}

/** Why a method was taken, in one sentence for the reader of a result. */
export function methodReason({ ranked, best, reliability }: MethodChoice): string {
  if (best === null) return 'No method could be fitted.';
  if (ranked.length === 1) return `No other method than ${best.arm} could be fitted.`;
  const own = ranked.find(({ arm }) => arm === QLOOM);
  if (reliability === 0) {
    const instead = own === undefined ? `${best.arm} is the first of the baselines` : `${QLOOM} is the default`;
    return `The utilities differ by no more than their errors explain, and ${instead}.`;
  }
  const [, second] = ranked;
  const share = Math.floor(100 * (reliability ?? 1));
  return (
    `The utility of ${best.arm} is the highest: ${best.shrunk.toFixed(3)} after shrinkage, against ${second.shrunk.toFixed(3)} of ` +
    `${second.arm}; ${share}% of the variance between methods is surely no error.`
  );
}
