/** Source of initial weights; seeded, so that training is reproducible. */
export interface RandomSource {
  /** `count` standard normals times `scale` (default 1), as float32. */
  normals(count: number, scale?: number): Float32Array;
}
