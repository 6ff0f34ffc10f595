/** Writes the softmax of `logits` into `out` from `at` on: exp(logit_c) / Σ exp(logit), which sum to 1. */
export function softmaxInto(out: Float32Array, at: number, logits: ArrayLike<number>): void {
  let top = -Infinity;
  for (let c = 0; c < logits.length; c++) top = Math.max(top, logits[c]);
  let total = 0;
  for (let c = 0; c < logits.length; c++) total += Math.exp(logits[c] - top);
  for (let c = 0; c < logits.length; c++) out[at + c] = Math.exp(logits[c] - top) / total;
}
