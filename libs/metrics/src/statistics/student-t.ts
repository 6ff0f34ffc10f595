import { logGamma } from '../special-functions.ts';

/** Regularized incomplete beta function I_x(a, b), by Lentz's continued fraction (Numerical Recipes, 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return (front * fraction) / a;
}

/** P(T ≤ t) of Student's t with `freedom` degrees of freedom, > 0. */
export function studentCdf(t: number, freedom: number): number {
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** Density of Student's t with `freedom` degrees of freedom. */
function studentDensity(t: number, freedom: number): number {
  const scale = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - Math.log(freedom * Math.PI) / 2;
  return Math.exp(scale - ((freedom + 1) / 2) * Math.log1p((t * t) / freedom));
}

/** The t with P(T ≤ t) = p, 0 < p < 1, to float64: Newton's method, with bisection where a step would leave the bracket. */
export function studentQuantile(p: number, freedom: number): number {
  let high = 1;
  while (studentCdf(high, freedom) < Math.max(p, 1 - p)) high *= 2;
  let low = -high;
  let t = 0;
  for (let step = 0; step < 200 && high - low > 1e-14 * Math.max(1, high); step++) {
    const excess = studentCdf(t, freedom) - p;
    if (excess === 0) return t;
    if (excess < 0) low = t;
    else high = t;
    const newton = t - excess / studentDensity(t, freedom);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 1e-15 * Math.abs(t)) return next;
    t = next;
  }
  return t;
}
