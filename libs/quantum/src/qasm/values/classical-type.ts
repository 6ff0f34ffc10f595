/** A classical type of OpenQASM 3. A width of null is the machine's width; see {@link widthOf}. */
export type ClassicalType =
  /** `bool`, and `bit` without a width, which the language treats as equivalent. */
  | { readonly kind: 'bool' }
  | { readonly kind: 'bit'; readonly width: number }
  | IntegerType
  | { readonly kind: 'angle'; readonly width: number | null }
  | { readonly kind: 'float'; readonly width: 32 | 64 | null };

/** Types whose values are integers. */
export type IntegerType = { readonly kind: 'int' | 'uint'; readonly width: number | null };

/** Maximum number of bits of a type. */
export const MAX_WIDTH = 1024;

/** Number of bits of `int`, `uint`, `angle` and `float` without a width. */
const MACHINE_WIDTH = 64;

/** Number of bits of a type. */
export const widthOf = ({ width }: { readonly width: number | null }): number => width ?? MACHINE_WIDTH;

/** A type as written in programs. */
export const typeText = (type: ClassicalType): string =>
  'width' in type && type.width !== null ? `${type.kind}[${type.width}]` : type.kind;

/** The least and the largest value of an integer type. */
export function boundsOf(type: IntegerType): readonly [bigint, bigint] {
  const bits = BigInt(widthOf(type));
  return type.kind === 'uint' ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

/**
 * The type of two integers' sum: the wider type; for equal widths the unsigned one, as in C99's usual arithmetic
 * conversions. A type without a width is kept unless the other has more bits.
 */
export function commonInteger(a: IntegerType, b: IntegerType): IntegerType {
  const [wide, narrow] = widthOf(a) >= widthOf(b) ? [a, b] : [b, a];
  const same = widthOf(a) === widthOf(b);
  const kind = same && (a.kind === 'uint' || b.kind === 'uint') ? 'uint' : wide.kind;
  return { kind, width: same && narrow.width === null ? null : wide.width };
}

/** The wider of two widths of `float` or `angle`; the machine's width is kept unless the other has more bits. */
export function commonWidth<W extends number | null>(a: W, b: W): W {
  if (widthOf({ width: a }) === widthOf({ width: b })) return a === null ? a : b;
  return widthOf({ width: a }) > widthOf({ width: b }) ? a : b;
}
