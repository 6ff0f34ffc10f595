import { relative } from 'node:path';

/** 93.4 → `1 min 33 s`; below ten seconds with one decimal; below a second in milliseconds. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(seconds < 0.00995 ? 1 : 0)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

/** An age in one unit: `41 s`, `7 min`, `3 h`, `12 d`. */
export function formatAge(seconds: number): string {
  const units = [
    { unit: 'd', seconds: 86_400 },
    { unit: 'h', seconds: 3_600 },
    { unit: 'min', seconds: 60 },
  ];
  const unit = units.find((one) => seconds >= one.seconds);
  return unit === undefined
    ? `${Math.max(0, Math.floor(seconds))} s`
    : `${Math.floor(seconds / unit.seconds)} ${unit.unit}`;
}

/** An estimate of a rest, coarser the longer it is: `about 20 s`, `about 2 min`. */
export function formatRest(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  if (seconds < 90) return `about ${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 5400) return `about ${Math.ceil(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

/** With its sign: `+0.124`, `−0.020` (a true minus), `0.000`. */
export function formatSigned(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A value of a hyperparameter: at most four significant digits. */
export function formatValue(value: number | string): string {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value)) return String(value);
  const text = value.toPrecision(3);
  const short = Math.abs(value) < 1e-4 || text.includes('e') ? value.toExponential(1) : String(Number(text));
  return short.replace(/^-/, '−');
}

/** A path as people read it: relative to the working directory where it lies inside, else absolute. */
export function shownPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside === '' ? '.' : inside.startsWith('..') ? path : inside;
}
