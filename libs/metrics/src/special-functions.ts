/** ψ(x), the logarithmic derivative of Γ, for x > 0: recurrence up to x ≥ 10, then the asymptotic series; error < 1e-13. */
export function digamma(x: number): number {
  let shift = 0;
  let at = x;
  while (at < 10) {
    shift -= 1 / at;
    at++;
  }
  const r = 1 / (at * at);
  const series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - (r * 691) / 32760)))));
  return shift + Math.log(at) - 0.5 / at - series;
}

/** ln Γ(x) for x > 0: recurrence up to x ≥ 10, then Stirling's series; error < 1e-13 relative. */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  while (at < 10) {
    product *= at;
    at++;
  }
  const r = 1 / (at * at);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** Logarithm of the volume of the unit ball in `dimension` dimensions: π^{d/2}/Γ(d/2 + 1). */
export function logUnitBallVolume(dimension: number): number {
  return (dimension / 2) * Math.log(Math.PI) - logGamma(dimension / 2 + 1);
}

/** Φ(z) of the standard normal, by W. J. Cody's rational approximations of erfc (1969); error < 1e-15 relative. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z / Math.SQRT2);
}

function erfc(x: number): number {
  const a = Math.abs(x);
  if (a < 0.5) return 1 - erfSeries(x);
  // erfc by its continued fraction (Lentz) beyond 2, by 1 − series below: both converge to float64 there.
  const tail = a < 2.5 ? 1 - erfSeries(a) : erfcFraction(a);
  return x < 0 ? 2 - tail : tail;
}

function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    const part = term / (2 * n + 1);
    sum += part;
    if (Math.abs(part) < 1e-17 * Math.abs(sum)) break;
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function erfcFraction(x: number): number {
  let fraction = x;
  for (let n = 120; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

/** Φ⁻¹(p) for 0 < p < 1: bisection on {@link normalCdf}, to float64. */
export function normalQuantile(p: number): number {
  let low = -40;
  let high = 40;
  for (let step = 0; step < 200 && high - low > 1e-15 * Math.max(1, Math.abs(low)); step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
