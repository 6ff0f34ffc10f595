import fc from 'fast-check';
import { rounding, UNIT_ROUNDOFF } from './rounding.ts';

/** A sum in float32, from the left. */
const sum32 = (terms: readonly number[]) => terms.reduce((sum, term) => Math.fround(sum + term), 0);
/** The same in float64, whose roundings are 2⁻²⁹ of those. */
const sum64 = (terms: readonly number[]) => terms.reduce((sum, term) => sum + term, 0);
const sizeOf = (terms: readonly number[]) => terms.reduce((size, term) => size + Math.abs(term), 0);

describe('rounding', () => {
  it('is half the distance of 1 to the next number, for one operation', () => {
    const next = new Float32Array(Int32Array.of(new Int32Array(Float32Array.of(1).buffer)[0] + 1).buffer)[0];
    expect(rounding(1, 1, 'float32')).toBe((next - 1) / 2);
    expect(UNIT_ROUNDOFF.float64).toBe(Number.EPSILON / 2);
  });

  it.each([
    ['of all sizes', fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })],
    ['that cancel', fc.constantFrom(1e6, -1e6, Math.fround(0.1), Math.fround(-1 / 3))],
    ['of one sign', fc.float({ noNaN: true, min: Math.fround(0.1), max: 1 })],
  ])('bounds the error of float32 sums, of terms %s', (_which, term) => {
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 300 }), (terms) => {
        const error = Math.abs(sum32(terms) - sum64(terms));
        expect(error).toBeLessThanOrEqual(rounding(terms.length, sizeOf(terms), 'float32'));
      }),
    );
  });

  it('is less than one term of ten thousand', () => {
    expect(rounding(10_000, 10_000, 'float32')).toBeLessThan(1);
    expect(rounding(10_000, 10_000, 'float64')).toBeLessThan(1e-8);
  });
});
