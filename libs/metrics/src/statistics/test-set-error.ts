/** Uncertainty of an average over the points of a finite test set. */
export interface TestSetError {
  /** Where its interval is centred: the average with pseudo-counts. */
  readonly centre: number;
  /** Variance of the average over test sets of this size, never 0. */
  readonly variance: number;
  /** Degrees of freedom of the variance. */
  readonly freedom: number;
}

/**
 * Error of the mean of differences z_i in [−1, 1] between two classifiers on the same m test points (1: only the first
 * is right, −1: only the second), by the adjusted Wald interval of Agresti and Min, "Simple improved confidence
 * intervals for comparing matched proportions" (Statistics in Medicine 24, 2005): half a pseudo-point in each cell of
 * the 2×2 table, so that m* = m + 2, centre Σz/m*, variance (Σz² + 1 − (Σz)²/m*)/m*². Equal classifiers have the
 * standard error 1/m*, the resolution of the test set, and not 0. Several strata (classes) are averaged with equal
 * weight, as in balanced accuracy, and share the pseudo-points, so that strata of equal size give the same as all
 * points together.
 */
export function pairedTestSetError(strata: readonly ArrayLike<number>[]): TestSetError {
  return averaged(
    strata.map((z) => {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < z.length; i++) {
        sum += z[i];
        squares += z[i] * z[i];
      }
      return pairedError(sum, squares, z.length, 1 / strata.length);
    }),
  );
}

/**
 * The same where only the difference of two accuracies on `points` test points is known: the least that it can be. A
 * difference of b − c right answers takes at least |b − c| points on which the classifiers disagree.
 */
export function leastPairedTestSetError(difference: number, points: number): TestSetError {
  return pairedError(difference * points, Math.abs(difference) * points, points);
}

/**
 * The same where only the two accuracies are known: what it is for independent errors. Classifiers that were trained on
 * the same points tend to err together, which makes it less.
 */
export function independentTestSetError(first: number, second: number, points: number): TestSetError {
  const disagreements = points * (first * (1 - second) + second * (1 - first));
  return pairedError((first - second) * points, disagreements, points);
}

/**
 * Error of an accuracy, by Agresti and Coull, "Approximate is better than exact for interval estimation of binomial
 * proportions" (American Statistician 52, 1998): two right and two wrong pseudo-points. Each stratum has a number of
 * points and the share of right ones; several are averaged with equal weight and share the pseudo-points.
 */
export function accuracyTestSetError(
  strata: readonly { readonly points: number; readonly share: number }[],
): TestSetError {
  return averaged(
    strata.map(({ points, share }) => {
      const size = points + 4 / strata.length;
      const centre = (share * points + 2 / strata.length) / size;
      return { centre, variance: (centre * (1 - centre)) / size, freedom: Math.max(1, size - 1) };
    }),
  );
}

/** With `part` of the pseudo-points. */
function pairedError(sum: number, squares: number, points: number, part = 1): TestSetError {
  const size = points + 2 * part;
  const variance = (squares + part - (sum * sum) / size) / (size * size);
  return { centre: sum / size, variance, freedom: Math.max(1, size - 1) };
}

function averaged(strata: readonly TestSetError[]): TestSetError {
  const share = 1 / strata.length;
  const mean = (of: (error: TestSetError) => number) => strata.reduce((sum, error) => sum + of(error), 0) * share;
  const variance = mean((error) => error.variance) * share;
  // Welch and Satterthwaite: the freedom of a sum of independent variances.
  const spread = mean((error) => error.variance ** 2 / error.freedom) * share ** 3;
  return { centre: mean((error) => error.centre), variance, freedom: variance ** 2 / spread };
}
