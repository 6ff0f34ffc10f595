/** Maps values to positions. */
export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** A linear scale whose ticks are 1, 2 or 5 times a power of ten; the domain is widened to them where `nice`. */
export function linearScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  { ticks = 5, nice = false }: { readonly ticks?: number; readonly nice?: boolean } = {},
): Scale {
  if (low === high) [low, high] = [low - (Math.abs(low) * 0.1 || 1), high + (Math.abs(high) * 0.1 || 1)];
  const steps = Math.max(1, ticks);
  // A range may be wider than the largest number, its parts are not.
  const step = niceStep(Math.min(1e308, high / steps - low / steps));
  if (nice) [low, high] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  [low, high] = [finite(low), finite(high)];
  const last = finite(high + step * 1e-9);
  const values: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= last; i++) values.push(cleaned(i * step));
  const part = high - low === Number.POSITIVE_INFINITY ? 4 : 1;
  const share = (value: number) => (value / part - low / part) / (high / part - low / part);
  return Object.assign((value: number) => from + share(value) * (to - from), {
    domain: [low, high] as const,
    ticks: values,
  });
}

/** A logarithmic scale, ticks at powers of ten, with 2 and 5 between where they are few. */
export function logScale([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  if (low === high) [low, high] = [low / 1.5, high * 1.5];
  const [a, b] = [Math.log(low), Math.log(high)];
  const decades = Math.log10(high / low);
  const factors = decades < 1.2 ? [1, 2, 3, 5, 7] : decades < 2.5 ? [1, 2, 5] : [1];
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) {
      const value = cleaned(factor * 10 ** power);
      if (value >= low * 0.999 && value <= high * 1.001) values.push(value);
    }
  }
  return Object.assign((value: number) => from + ((Math.log(value) - a) / (b - a)) * (to - from), {
    domain: [low, high] as const,
    ticks: values,
  });
}

/** The least 1, 2 or 5 times a power of ten that is at least `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  return factor * power;
}

/** Smallest and largest of finite values, widened by `margin` of their span on both sides. */
export function extent(values: readonly number[], margin = 0.05): readonly [number, number] {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return [0, 1];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = high - low === Number.POSITIVE_INFINITY ? high * margin - low * margin : (high - low) * margin;
  return [finite(low - room), finite(high + room)];
}

/** The nearest finite number. */
function finite(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

/** Text of a tick: no more digits than the step needs. */
export function tickText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10_000 || size < 1e-3) {
    const power = Math.floor(Math.log10(size) + 1e-9);
    const mantissa = Number((size / 10 ** power).toPrecision(2));
    const sign = value < 0 ? '−' : '';
    return `${sign}${mantissa === 1 ? '' : `${mantissa}·`}10${superscript(power)}`;
  }
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

function superscript(power: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return [...String(power)].map((char) => (char === '-' ? '⁻' : digits[Number(char)])).join('');
}

function cleaned(value: number): number {
  return Number(value.toPrecision(12));
}
