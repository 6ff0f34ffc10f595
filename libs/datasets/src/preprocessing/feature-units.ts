import type { Points, SourcePoints } from '@qloom/study/points/points.ts';

/**
 * Units in which float32 holds the features: value of the source = offset + scale · value of the points. Empty lists: the
 * units of the source (offset 0, scale 1). Plain JSON; the same names as in `qloom.episode.v1.DataDescription`.
 */
export interface FeatureUnits {
  /** Shape [features], or empty. */
  readonly featureOffsets: readonly number[];
  /** Powers of two, shape [features], or empty. */
  readonly featureScales: readonly number[];
}

/** The units of the source. */
export const SOURCE_UNITS: FeatureUnits = { featureOffsets: [], featureScales: [] };

/** Rounding to float32 may move a value by at most this share of its feature's spread. */
const MAX_ROUNDING = 2 ** -16;

/** Spreads within these bounds need no scale: squares of the values, and inverses, stay well within float32. */
const [MIN_SPREAD, MAX_SPREAD] = [2 ** -20, 2 ** 40];

/**
 * Chooses units for float32. A feature keeps the units of its source where they serve: where float32 is within
 * {@link MAX_ROUNDING} of its spread, and the spread is of ordinary size. Otherwise its median becomes the offset (Unix times
 * that are seconds apart keep every second), and a power of two the scale (exact in both directions). Labels play no part.
 */
export function chooseFeatureUnits(points: SourcePoints): FeatureUnits {
  const units = Array.from({ length: points.features }, (_, j) => unitOf(columnOf(points, j)));
  if (units.every(({ offset, scale }) => offset === 0 && scale === 1)) return SOURCE_UNITS;
  return { featureOffsets: units.map(({ offset }) => offset), featureScales: units.map(({ scale }) => scale) };
}

/** Points in `units`, narrowed to float32. */
export function toFeatureUnits(points: SourcePoints, units: FeatureUnits): Points {
  return { ...points, x: Float32Array.from(points.x, (value, i) => toUnit(value, unitAt(units, i % points.features))) };
}

/** Offset and scale of one feature. */
export interface FeatureUnit {
  readonly offset: number;
  readonly scale: number;
}

/** The units of feature `j`. */
export function unitAt({ featureOffsets, featureScales }: FeatureUnits, j: number): FeatureUnit {
  return { offset: featureOffsets[j] ?? 0, scale: featureScales[j] ?? 1 };
}

/** (value − offset)/scale; divided first where the difference could overflow. */
export function toUnit(value: number, { offset, scale }: FeatureUnit): number {
  return scale > 1 ? value / scale - offset / scale : (value - offset) / scale;
}

/** offset + scale · value; of a finite value the largest number of float64 where that is beyond it. */
export function fromUnit(value: number, { offset, scale }: FeatureUnit): number {
  const inSource = offset + scale * value;
  if (Number.isFinite(inSource) || !Number.isFinite(value)) return inSource;
  // The product alone may be beyond float64 where the sum is not.
  const halved = offset / 2 + (scale / 2) * value;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, 2 * halved));
}

function columnOf({ x, count, features }: SourcePoints, j: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => x[row * features + j]);
}

function unitOf(column: Float64Array): FeatureUnit {
  const sorted = column.sort();
  const n = sorted.length;
  if (n === 0) return { offset: 0, scale: 1 };
  const median = sorted[(n - 1) >> 1];
  const spread = spreadOf(sorted, median);
  const ordinary = spread === 0 || (spread >= MIN_SPREAD && spread <= MAX_SPREAD);
  // A constant feature is judged by its own size: there is no spread that rounding could hide.
  const allowed = MAX_ROUNDING * (spread === 0 ? Math.abs(median) : spread);
  if (ordinary && sorted.every((value) => Math.abs(Math.fround(value) - value) <= allowed)) {
    return { offset: 0, scale: 1 };
  }
  const scale = ordinary ? 1 : scaleFor(spread, Math.max(Math.abs(sorted[0]), Math.abs(sorted[n - 1])));
  const unit = { offset: median, scale };
  return Number.isFinite(Math.fround(toUnit(sorted[0], unit))) &&
    Number.isFinite(Math.fround(toUnit(sorted[n - 1], unit)))
    ? unit
    : { offset: median, scale: scaleFor(0, Math.max(Math.abs(sorted[0]), Math.abs(sorted[n - 1]))) };
}

/**
 * The power of two at the spread, where the largest value stays within float32 with it; otherwise at the largest value.
 */
function scaleFor(spread: number, largest: number): number {
  const at = (size: number) => 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(size))));
  return spread > 0 && largest / spread < 2 ** 60 ? at(spread) : at(largest);
}

/** The smaller of standard deviation and interquartile range; where the middle half is equal, the deviation alone. */
function spreadOf(sorted: Float64Array, median: number): number {
  const n = sorted.length;
  const largest = sorted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Measured in halves of the largest value, so that neither differences nor squares overflow.
  const size = largest === 0 ? 1 : largest;
  let square = 0;
  for (const value of sorted) square += (value / size - median / size) ** 2 / n;
  const deviation = Math.sqrt(square) * size;
  const middle = (sorted[Math.ceil(0.75 * (n - 1))] / size - sorted[Math.floor(0.25 * (n - 1))] / size) * size;
  return middle > 0 ? Math.min(deviation, middle) : deviation;
}
