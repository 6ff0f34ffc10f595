import type { Prior } from '@qloom/datasets/prior/prior.ts';
import type { Random } from '@qloom/random/random.ts';
import { type Matrix, matrix } from '../losses/matrix.ts';

/** The points to which a `prior-residual` decoder adds its residual, in channels. */
export interface BasePoints {
  /** Those of fakes of these classes, shape [labels.length, channels]. */
  ofFakes(labels: Int32Array, random: Random): Matrix;
  /** Those of reconstructions of `real`, of the same shape. */
  ofReconstructions(real: Matrix, labels: Int32Array): Matrix;
}

/**
 * Draws of the prior. What reconstructs a real point starts from that point: with a residual of zero the prior's draw is
 * the point itself, so that is its posterior. The error of the reconstruction is then the size of the residual at real points.
 */
export function drawnBases(prior: Prior): BasePoints {
  return {
    ofFakes(labels, random) {
      const columns = prior.means.length / prior.classes;
      const out = matrix(labels.length, columns);
      for (let label = 0; label < prior.classes; label++) {
        const rows = [...labels.keys()].filter((row) => labels[row] === label);
        if (rows.length === 0) continue;
        const { x } = prior.draw(label, rows.length, random);
        for (const [i, row] of rows.entries()) {
          out.data.set(x.subarray(i * columns, (i + 1) * columns), row * columns);
        }
      }
      return out;
    },
    ofReconstructions: (real) => real,
  };
}

/** Class means, for a decoder whose spread is added to its output instead. */
export function meanBases(prior: Prior): BasePoints {
  const columns = prior.means.length / prior.classes;
  const means = (labels: Int32Array) => {
    const out = matrix(labels.length, columns);
    labels.forEach((label, row) => {
      out.data.set(prior.means.subarray(label * columns, (label + 1) * columns), row * columns);
    });
    return out;
  };
  return { ofFakes: means, ofReconstructions: (_, labels) => means(labels) };
}
