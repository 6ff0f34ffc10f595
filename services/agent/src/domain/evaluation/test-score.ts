/** Which test points were predicted right, as a job of the final evaluation keeps it. Plain JSON. */
export interface PackedTestScore {
  /** Test points of each class, shape [classes]. */
  readonly classCounts: readonly number[];
  /** Trainings that were scored. */
  readonly trainings: number;
  /** One bit per training and test point, 1 for right: training by training, class by class. Base64. */
  readonly right: string;
}

/** Share of the trainings that predicted each test point right, class by class: in [0, 1], shape [classes][points]. */
export type TestScore = readonly Float64Array[];

/**
 * Packs the predictions of some trainings on the test points with the classes `y`; null if a training lacks a
 * prediction for a point, for example because the simulator sends none.
 */
export function packTestScore(
  predictions: readonly (ArrayLike<number> | null)[],
  y: ArrayLike<number>,
  classes: number,
): PackedTestScore | null {
  if (predictions.length === 0 || predictions.some((each) => each?.length !== y.length)) return null;
  const order = Array.from({ length: y.length }, (_, row) => row).sort((a, b) => y[a] - y[b] || a - b);
  const classCounts = new Array<number>(classes).fill(0);
  for (let row = 0; row < y.length; row++) classCounts[y[row]]++;
  const bits = new Uint8Array(Math.ceil((predictions.length * y.length) / 8));
  let at = 0;
  for (const predicted of predictions) {
    for (const row of order) {
      if (predicted?.[row] === y[row]) bits[at >> 3] |= 1 << (at & 7);
      at++;
    }
  }
  return { classCounts, trainings: predictions.length, right: Buffer.from(bits).toString('base64') };
}

/** The inverse of {@link packTestScore}, averaged over the trainings. */
export function unpackTestScore({ classCounts, trainings, right }: PackedTestScore): TestScore {
  const bits = Buffer.from(right, 'base64');
  const score = classCounts.map((count) => new Float64Array(count));
  let at = 0;
  for (let training = 0; training < trainings; training++) {
    for (const points of score) {
      for (let i = 0; i < points.length; i++, at++) if ((bits[at >> 3] >> (at & 7)) & 1) points[i] += 1 / trainings;
    }
  }
  return score;
}

/** Share of right predictions among the test points of each class; null for a class without any. */
export function recallsOf(score: TestScore): (number | null)[] {
  return score.map((points) => (points.length === 0 ? null : meanOf(points)));
}

/** Mean recall of the classes that have test points: accuracy where all have the same number. */
export function balancedAccuracyOf(score: TestScore): number {
  return meanOf(recallsOf(score).filter((recall) => recall !== null));
}

/** Whether no class has two test points more than another, so that accuracy is balanced accuracy, to the rounding of sizes. */
export function isBalanced(classCounts: readonly number[]): boolean {
  return Math.max(...classCounts) - Math.min(...classCounts) <= 1;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
