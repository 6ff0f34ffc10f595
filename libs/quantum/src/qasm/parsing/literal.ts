import { echoed, quoted } from '@qloom/tensor/quoted.ts';
import { floatValue, intValue, type Value } from '../values/classical-value.ts';
import type { Token } from './lexer.ts';
import type { TokenStream } from './token-stream.ts';

/** Integers have at most the bits of a machine integer. */
const LARGEST = 2n ** 64n;

/**
 * The value of a literal, or null if the token is not a literal. Throws OpenQasmError for literals that circuits do not
 * use.
 */
export function literal(tokens: TokenStream, token: Token): Value | null {
  const { kind, text } = token;
  if (kind === 'unit') {
    tokens.fail(token, `${quoted(text, "'")} is not supported: circuits have no time, and no complex numbers`);
  }
  const digits = text.replaceAll('_', '');
  if (kind === 'real' || (kind === 'integer' && tokens.version === 2)) {
    const value = Number(digits);
    if (!Number.isFinite(value)) tokens.fail(token, 'the value is not a finite number');
    return floatValue(value);
  }
  if (kind === 'integer') {
    const value = BigInt(digits);
    if (value >= LARGEST)
      tokens.fail(token, `${echoed(text)} is above 2^64 - 1, which is the largest integer; with a point it is a float`);
    return { ...intValue(value), kind: value >= LARGEST / 2n ? 'uint' : 'int' };
  }
  if (tokens.version === 2) return null;
  if (kind === 'identifier' && (text === 'true' || text === 'false')) return { kind: 'bool', value: text === 'true' };
  if (kind === 'string' && /^[01](?:_?[01])*$/.test(text))
    return { kind: 'bit', width: digits.length, value: BigInt(`0b${digits}`) };
  return null;
}
