import type { AffineMap } from '../lowering/affine-map.ts';

/** A map whose images are in memory as byte offsets of amplitudes, one u32 per basis state. */
export interface Table {
  readonly key: string;
  readonly map: AffineMap;
  readonly address: number;
}
