/** Thrown when `--only` is malformed or names an unknown part. The message says what would be right. */
export class OnlyError extends Error {
  override name = 'OnlyError';
  readonly code = 'invalid';
}

/** Reads `key=value,value` texts; values of a key that comes twice add up. Throws {@link OnlyError}. */
export function parseOnly(texts: readonly string[]): Map<string, string[]> {
  const only = new Map<string, string[]>();
  for (const text of texts) {
    const [, key, values] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
    if (key === undefined) throw new OnlyError(`--only: '${text}' is not key=value,value, such as qubits=4,6`);
    only.set(key, [...(only.get(key) ?? []), ...values.split(',')]);
  }
  return only;
}

/** The requested parts of a key: all if the key was not given. Throws {@link OnlyError} for others. */
export function select<T extends string | number>(
  only: ReadonlyMap<string, readonly string[]>,
  key: string,
  known: readonly T[],
): T[] {
  const wanted = only.get(key);
  if (wanted === undefined) return [...known];
  for (const one of wanted) {
    if (!known.some((part) => String(part) === one)) {
      throw new OnlyError(`--only ${key}: '${one}' is none of ${known.join(', ')}`);
    }
  }
  return known.filter((part) => wanted.includes(String(part)));
}

/** Throws {@link OnlyError} when a key is none of `known`. */
export function checkKeys(only: ReadonlyMap<string, readonly string[]>, known: readonly string[]): void {
  for (const key of only.keys()) {
    if (!known.includes(key)) throw new OnlyError(`--only: '${key}' is none of ${known.join(', ')}`);
  }
}
