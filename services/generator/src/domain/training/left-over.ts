import type { Points } from '@qloom/study/points/points.ts';
import { type Matrix, matrix } from '../losses/matrix.ts';
import { conditioned, reparameterize } from '../vae/conditioned.ts';
import type { Vae } from '../vae/network.ts';

/** x − x̂ of the channels `real` of labelled points, x̂ their reconstruction from the mean of their codes and their base points. */
export function leftOver(network: Vae, real: Matrix, { y, classes }: Points, bases?: Matrix): Matrix {
  const code = network.encode(conditioned(real, y, classes));
  const mean = reparameterize(code, new Float32Array((code.rows * code.columns) / 2));
  const made = network.decode(conditioned(mean, y, classes), bases);
  return matrix(
    real.rows,
    real.columns,
    real.data.map((value, i) => value - made.data[i]),
  );
}
