import type { Augmentation } from './augmentation.ts';
import { synthesize, takeInTurn } from './synthesize.ts';

/** Copies of the real points, each used equally often: the effect of more gradient weight alone. */
export const duplicate: Augmentation = {
  name: 'duplicate',
  title: 'Duplicated real points',
  strength: null,
  needsShots: false,
  classDensity: false,
  augment(points, request) {
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, request.random);
      return (out) => {
        const row = next();
        for (let j = 0; j < out.length; j++) out[j] = points.x[row * points.features + j];
        return row;
      };
    });
  },
};
