import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
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
  /** U shrunk towards that of the default. */
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
  /** The arm that is taken where the utilities cannot be told apart. */
  readonly defaultArm: string;
}

/**
 * Chooses the method with the highest utility after shrinkage towards that of the default arm by the reliability of the utilities.
 * Methods that cannot be told apart are taken in this order: the default, then the order given.
 */
export function chooseMethod(methods: readonly PortfolioMethod[], defaultArm: string): MethodChoice {
  const { ranked, reliability } = rankByShrunkUtility(methods, ({ arm }) => arm === defaultArm);
  return { ranked, best: ranked[0] ?? null, reliability, defaultArm };
}

/** Why a method was taken, in one sentence for the reader of a result. */
export function methodReason({ ranked, best, reliability, defaultArm }: MethodChoice): string {
  if (best === null) return 'No method could be fitted.';
  if (ranked.length === 1) return `No other method than ${best.arm} could be fitted.`;
  if (reliability === 0) {
    const isDefault = best.arm === defaultArm;
    const instead = isDefault ? `${best.arm} is the default` : `${best.arm} is the first that could be fitted`;
    return `The utilities differ by no more than their errors explain, and ${instead}.`;
  }
  const [, second] = ranked;
  const share = Math.floor(100 * (reliability ?? 1));
  return (
    `The utility of ${best.arm} is the highest: ${best.shrunk.toFixed(3)} after shrinkage, against ${second.shrunk.toFixed(3)} of ` +
    `${second.arm}; ${share}% of the variance between methods is surely no error.`
  );
}
