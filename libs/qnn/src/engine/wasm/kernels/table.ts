import type { AffineMap } from '../lowering/affine-map.ts';

/** A map whose images, as byte offsets of amplitudes, stand in memory as one u32 a basis state. */
export interface Table {
  readonly key: string;
  readonly map: AffineMap;
  readonly address: number;
}
