import { classOffset } from '@qloom/datasets/manifold/class-offset.ts';
import { fitClassTransfer } from '@qloom/datasets/manifold/class-transfer.ts';
import { createNeighbourSearch, type NeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import type { Task } from '@qloom/datasets/tasks/task.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows, rowsByClass, selectRows } from '@qloom/study/points/rows.ts';
import { closedCurve } from './closed-curve.ts';
import { drawGated, fitGatedPrior, passing } from './gated-prior.ts';
import type { Arms } from './qnn-arms.ts';

/** Synthetic points per label. */
const RATIO = 8;
/** The posterior of the strict gate. */
const STRICT = 0.9;
/** Fresh true points of each class by which a position is judged: the curves are then known to about a hundredth. */
const DENSE = 4000;

/** Makes `count` points of a class. */
type Draw = (label: number, count: number) => Points;

/**
 * The arms of one draw. What a generator may use — labels alone: the gated prior, chords and tangents of neighbours, points
 * of one class moved to the other, a spline through all points. What none may use, to see what matters: fresh points with
 * right, with the teacher's, and with some wrong labels, and the prior's points with the label, or at the place, of the nearest
 * curve.
 */
export function curveArms(task: Task, real: Points, random: Random): Arms {
  const counts = classCounts(real);
  const wanted = counts.map((count) => RATIO * count);
  const offset = offsetOf(real);
  const { teacher, draw, prior } = fitGatedPrior(task, real, random.seedFor('teacher'));
  const of = (make: Draw, ratio = RATIO) =>
    concatenateRows(counts.map((count, label) => make(label, Math.round(ratio * count))));
  const gated = (make: Draw, posterior?: number) =>
    of((label, count) => drawGated(teacher, count, (each) => make(label, each), posterior));

  const seed = random.seedFor('oracle');
  const oracle = task.draw({ count: RATIO * real.count, seed, purpose: 'oracle', classCounts: wanted });
  const labelled = { ...oracle, y: teacher.predict(oracle) };
  const wrong = [...labelled.y].filter((label, i) => label !== oracle.y[i]).length;
  const flips = new Set(random.fork('flips').permutation(oracle.count).slice(0, wrong));
  const flipped = { ...oracle, y: oracle.y.map((label, i) => (flips.has(i) ? 1 - label : label)) };
  const offCurve = (scale: number, from: Points) => {
    const jitter = random.fork(`jitter ${scale}`);
    return { ...from, x: from.x.map((value) => value + scale * jitter.normal()) };
  };

  const trueOffset = new Float64Array(real.features).fill(Number(task.descriptor.settings['offset']));
  const half = selectRows(
    oracle,
    random
      .fork('half')
      .permutation(oracle.count)
      .slice(0, oracle.count >> 1),
  );

  const nearestCurve = curveSearch(task, seed);
  const plain = of((label, count) => prior.draw(label, count, random.fork(`prior ${label}`)));

  const chords = chordsOf(real, random.fork('chords'));
  const spline = splineOf(real, offset, random.fork('spline'));
  const inPairs = (make: Draw) => {
    const drawn = make(0, (RATIO * real.count) >> 1);
    return concatenateRows([drawn, moved(drawn, offset)]);
  };
  const transfer = fitClassTransfer(real);
  const transferred = of((label, count) => transfer.draw(label, count, random.fork(`transfer ${label}`)), 1);
  return {
    'fresh points': oracle,
    'fresh points, the same places for both classes': concatenateRows([half, moved(half, trueOffset)]),
    "fresh points, teacher's labels": labelled,
    'fresh points, as many labels wrong at random': flipped,
    'fresh points, .05 off the curve': offCurve(0.05, oracle),
    'fresh points, .2 off the curve': offCurve(0.2, oracle),
    prior: plain,
    'prior, gate .5': draw(wanted, random.fork('gated')),
    'prior, labels of the nearest curve': nearestCurve.relabel(plain),
    'prior, moved to the nearest place on its curve': nearestCurve.project(plain),
    'chords of two neighbours': of(chords),
    'tangents of both classes': of(tangentsOf(real, offset, random.fork('tangents'))),
    'other class moved over': transferred,
    'other class moved over, gate .9': selectRows(transferred, passing(teacher, transferred, STRICT)),
    spline: of(spline),
    'spline, ratio 2': of(spline, 2),
    'spline, gate .9': gated(spline, STRICT),
    'spline, the same places for both classes': inPairs(spline),
    'spline, true offset': of(splineOf(real, trueOffset, random.fork('true'))),
  };
}

/** The offset from class 0 to class 1. */
function offsetOf(real: Points): Float64Array {
  const [from, to] = rowsByClass(real).map((rows) => {
    const { count, features, x } = selectRows(real, rows);
    return { count, features, values: Float64Array.from(x) };
  });
  return classOffset(from, to).offset;
}

/** Points between a point and one of its two nearest of the class. */
function chordsOf(real: Points, random: Random): Draw {
  const searches = rowsByClass(real).map((rows) => {
    const points = selectRows(real, rows);
    return {
      points,
      search: createNeighbourSearch({ count: points.count, features: real.features, values: points.x }),
    };
  });
  return (label, count) => {
    const { points, search } = searches[label];
    return filled(real, label, count, (out) => {
      const row = random.integer(points.count);
      const near = search.nearest(rowOf(points.x, row, real.features), 2, row).rows;
      const other = near[random.integer(near.length)];
      const u = random.uniform();
      out.forEach((_, j) => {
        out[j] = (1 - u) * points.x[row * real.features + j] + u * points.x[other * real.features + j];
      });
    });
  };
}

/** A real point moved along the local line of both classes, at most half the way to its nearest neighbour. */
function tangentsOf(real: Points, offset: Float64Array, random: Random): Draw {
  const { features } = real;
  const pooled = withoutOffset(real, offset);
  const search = createNeighbourSearch({ count: real.count, features, values: pooled });
  const rows = rowsByClass(real);
  return (label, count) =>
    filled(real, label, count, (out) => {
      const row = rows[label][random.integer(rows[label].length)];
      const [a, b] = search.nearest(rowOf(pooled, row, features), 2, row).rows;
      const [near, far] = [rowOf(pooled, a, features), rowOf(pooled, b ?? a, features)];
      const own = rowOf(pooled, row, features);
      const reach = 0.5 * Math.hypot(...own.map((value, j) => value - near[j]));
      const along = own.map((value, j) => (b === undefined ? value : far[j]) - near[j]);
      const length = Math.hypot(...along) || 1;
      const step = reach * (2 * random.uniform() - 1);
      out.forEach((_, j) => {
        out[j] = real.x[row * features + j] + (step * along[j]) / length;
      });
    });
}

/** Points on a spline through the points of both classes, with the offset of their class. */
function splineOf(real: Points, offset: Float64Array, random: Random): Draw {
  const curve = closedCurve(withoutOffset(real, offset), real.features);
  return (label, count) =>
    filled(real, label, count, (out) => {
      curve.draw(random).forEach((value, j) => {
        out[j] = value + label * offset[j];
      });
    });
}

/** The true curves, as many fresh points. */
function curveSearch(task: Task, seed: number) {
  const dense = task.draw({ count: 2 * DENSE, seed, purpose: 'unlabelled' });
  const { features } = dense;
  const searchOf = (points: Points): NeighbourSearch =>
    createNeighbourSearch({ count: points.count, features, values: points.x });
  const ofAll = searchOf(dense);
  const byClass = rowsByClass(dense).map((rows) => selectRows(dense, rows));
  const ofClass = byClass.map(searchOf);
  return {
    relabel: (points: Points): Points => ({
      ...points,
      y: points.y.map((_, row) => dense.y[ofAll.nearest(rowOf(points.x, row, features), 1).rows[0]]),
    }),
    project: (points: Points): Points => {
      const x = new Float32Array(points.x.length);
      points.y.forEach((label, row) => {
        const [near] = ofClass[label].nearest(rowOf(points.x, row, features), 1).rows;
        x.set(rowOf(byClass[label].x, near, features), row * features);
      });
      return { ...points, x };
    },
  };
}

/** Every point moved to the other class. */
const moved = (points: Points, offset: Float64Array): Points => ({
  ...points,
  x: points.x.map((value, i) => {
    const sign = points.y[Math.floor(i / points.features)] === 0 ? 1 : -1;
    return value + sign * offset[i % points.features];
  }),
  y: points.y.map((label) => 1 - label),
});

const withoutOffset = ({ x, y, features }: Points, offset: Float64Array): Float64Array =>
  Float64Array.from(x, (value, i) => value - y[Math.floor(i / features)] * offset[i % features]);

const rowOf = <T extends Float32Array | Float64Array>(x: T, row: number, features: number): T =>
  x.subarray(row * features, (row + 1) * features) as T;

function filled(
  { features, classes }: Points,
  label: number,
  count: number,
  fill: (out: Float32Array) => void,
): Points {
  const x = new Float32Array(count * features);
  for (let row = 0; row < count; row++) fill(x.subarray(row * features, (row + 1) * features));
  return { count, features, classes, x, y: new Int32Array(count).fill(label) };
}
