/** What first weights are drawn from: seeded, so that training can be repeated. */
export interface RandomSource {
  /** `count` standard normals times `scale` (default 1), as float32. */
  normals(count: number, scale?: number): Float32Array;
}
