import type { Points } from '@qloom/study/points/points.ts';
import { InvalidTrainingDataError } from './errors.ts';

/** Description of the columns of the data. Plain JSON. */
export interface DataShape {
  readonly features: number;
  readonly classes: number;
  /** Lower and upper bound of each feature; empty: unbounded. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /**
   * Number of measurements of each feature, if features are expectations from finite shots; 0: exact, or not
   * expectations.
   */
  readonly shots: number;
}

/** Points to fit to, and the description of their columns. */
export interface TrainingData {
  readonly points: Points;
  readonly shape: DataShape;
}

/** Maximum number of features of a generator. */
export const MAX_FEATURES = 1024;

/**
 * Checks training points against the description of their columns.
 *
 * @throws InvalidTrainingDataError naming the row and column at fault.
 */
export function requireUsable({ points, shape }: TrainingData): void {
  const { count, features, classes, x, y } = points;
  const refuse = (message: string): never => {
    throw new InvalidTrainingDataError(`training: ${message}`);
  };
  if (count < 1) refuse('there are no points; give at least one');
  if (features < 1 || features > MAX_FEATURES) refuse(`${features} features; 1 to ${MAX_FEATURES} are possible`);
  if (features !== shape.features) refuse(`${features} columns, and the description names ${shape.features} features`);
  if (classes < 1 || classes !== shape.classes)
    refuse(`${classes} classes, and the description names ${shape.classes}`);
  if (x.length !== count * features || y.length !== count) {
    refuse(`${x.length} values and ${y.length} labels do not fit ${count} rows of ${features} columns`);
  }
  for (const [name, bounds] of [['lower', shape.lower] as const, ['upper', shape.upper] as const]) {
    if (bounds.length !== 0 && bounds.length !== features) refuse(`${bounds.length} ${name} bounds, not ${features}`);
  }
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) refuse(`row ${Math.floor(i / features)}, column ${i % features} is ${x[i]}`);
  }
  for (let i = 0; i < count; i++) {
    if (y[i] < 0 || y[i] >= classes) refuse(`row ${i} has the label ${y[i]}; labels are 0 … ${classes - 1}`);
  }
}
